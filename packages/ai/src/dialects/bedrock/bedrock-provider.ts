import type { ProviderDialect } from '../../canonical/dialect.ts';
import { bedrockPath } from './bedrock-path.ts';
import { readBedrockError } from './read-error.ts';
import { readBedrockReply } from './read-reply.ts';
import { BedrockStreamReader } from './stream-reader.ts';
import { modelTraits } from './model-traits.ts';
import { writeBedrockRequest } from './write-request.ts';
import { takesSchemas } from './write-settings.ts';

/** Converse and ConverseStream as AWS serves them. */
export const bedrockProvider: ProviderDialect = {
  name: 'bedrock',
  framing: 'aws-event-stream',
  path: bedrockPath,
  writeRequest: writeBedrockRequest,
  needsBytes: ({ source }) => source.via === 'url',
  emulatesSchemas: (model) => !takesSchemas(modelTraits(model)),
  readReply: readBedrockReply,
  streamReader: (context) => new BedrockStreamReader(context),
  readError: (status, body, errorType) => readBedrockError({ status, body, errorType }),
};
