import type { CallerDialect } from '../../canonical/dialect.ts';
import { CanonicalStreamWriter } from './canonical-stream-writer.ts';
import { readRequest } from './read-request.ts';
import { writeError } from './write-error.ts';
import { writeReply } from './write-reply.ts';

/** OpenAI Chat Completions as callers speak it. */
export const openAiChatCaller: CallerDialect = {
  name: 'openai-chat',
  framing: 'sse',
  streamType: 'text/event-stream; charset=utf-8',
  readRequest,
  writeReply,
  streamWriter: (context) => new CanonicalStreamWriter(context),
  writeError,
};

/** Mistral's SDK, which takes OpenAI's dialect, but no call that comes in pieces: it wants a name in each delta. */
export const mistralSdkCaller: CallerDialect = {
  ...openAiChatCaller,
  ownStreams: true,
  ownWords: ['"document_url"', '"thinking"'],
  streamWriter: (context) => new CanonicalStreamWriter(context, { wholeCalls: true }),
};
