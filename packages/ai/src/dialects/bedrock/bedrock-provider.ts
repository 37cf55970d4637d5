import type { ProviderDialect } from '../../canonical/dialect.ts';
import { bedrockPath } from './bedrock-path.ts';
import { readBedrockError } from './read-error.ts';
import { readBedrockReply } from './read-reply.ts';
import { BedrockStreamReader } from './stream-reader.ts';
import { writeBedrockRequest } from './write-request.ts';

/** Converse and ConverseStream as AWS serves them. */
export const bedrockProvider: ProviderDialect = {
  name: 'bedrock',
  framing: 'aws-event-stream',
  path: bedrockPath,
  writeRequest: writeBedrockRequest,
  readReply: readBedrockReply,
  streamReader: (context) => new BedrockStreamReader(context),
  readError: (status, body, errorType) => readBedrockError({ status, body, errorType }),
};
