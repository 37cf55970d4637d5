import type { CallerDialect } from '../../canonical/dialect.ts';
import { writeError } from './errors.ts';
import { writeReply } from './reply-writer.ts';
import { readRequest } from './request-reader.ts';
import { AnthropicStreamWriter } from './stream-writer.ts';

/** Anthropic Messages as callers speak it. */
export const anthropicCaller: CallerDialect = {
  name: 'anthropic',
  framing: 'sse',
  streamType: 'text/event-stream; charset=utf-8',
  readRequest,
  writeReply,
  streamWriter: (context) => new AnthropicStreamWriter(context),
  writeError,
};
