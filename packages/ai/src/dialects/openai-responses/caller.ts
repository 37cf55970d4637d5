import type { CallerDialect } from '../../canonical/dialect.ts';
import { OWN } from './own.ts';
import { readRequest } from './read-request.ts';
import { ResponsesStreamWriter } from './stream-writer.ts';
import { writeError } from './write-error.ts';
import { writeReply } from './write-reply.ts';

/** OpenAI's Responses, as callers speak it. */
export const openAiResponsesCaller: CallerDialect = {
  name: OWN,
  framing: 'sse',
  streamType: 'text/event-stream; charset=utf-8',
  readRequest,
  writeReply,
  streamWriter: (context) => new ResponsesStreamWriter(context),
  writeError,
};
