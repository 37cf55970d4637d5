import type { CallerDialect } from '../../canonical/dialect.ts';
import { readBedrockRequest } from './read-request.ts';
import { BedrockStreamWriter } from './stream-writer.ts';
import { writeBedrockError } from './write-error.ts';
import { writeBedrockReply } from './write-reply.ts';

/** Converse and ConverseStream of AWS Bedrock as callers speak them (reference §2.6). */
export const bedrockCaller: CallerDialect = {
  name: 'bedrock',
  framing: 'aws-event-stream',
  streamType: 'application/vnd.amazon.eventstream',
  readRequest: readBedrockRequest,
  writeReply: writeBedrockReply,
  streamWriter: (context) => new BedrockStreamWriter(context),
  writeError: writeBedrockError,
};
