import type { CallerDialect } from '../../canonical/dialect.ts';
import { readGeminiRequest } from './read-request.ts';
import { ARRAY_FRAME, GeminiStreamWriter, SSE_FRAME } from './stream-writer.ts';
import { writeGeminiArrayError, writeGeminiError } from './write-error.ts';
import { writeGeminiReply } from './write-reply.ts';

/** Google's `generateContent` as callers speak it, with streams as they ask for them by `alt=sse`. */
export const geminiCaller: CallerDialect = {
  name: 'gemini',
  framing: 'sse',
  streamType: 'text/event-stream; charset=utf-8',
  readRequest: readGeminiRequest,
  writeReply: writeGeminiReply,
  streamWriter: (context) => new GeminiStreamWriter(SSE_FRAME, context),
  writeError: writeGeminiError,
};

/** The same for `streamGenerateContent` without `alt=sse`: the stream is one list that grows. */
export const geminiArrayCaller: CallerDialect = {
  ...geminiCaller,
  framing: 'json-array',
  streamType: 'application/json; charset=UTF-8',
  streamWriter: (context) => new GeminiStreamWriter(ARRAY_FRAME, context),
  writeError: writeGeminiArrayError,
};
