import type { CallerDialect } from '../../canonical/dialect.ts';
import { CohereWriter } from './cohere-writer.ts';
import { readCohereRequest } from './read-request.ts';
import { writeCohereError } from './write-error.ts';
import { writeCohereReply } from './write-reply.ts';

/** `/v2/chat` as Cohere's SDKs speak it. */
export const cohereCaller: CallerDialect = {
  name: 'cohere',
  framing: 'sse',
  streamType: 'text/event-stream; charset=utf-8',
  readRequest: readCohereRequest,
  writeReply: writeCohereReply,
  streamWriter: (context) => new CohereWriter(context),
  writeError: writeCohereError,
};
