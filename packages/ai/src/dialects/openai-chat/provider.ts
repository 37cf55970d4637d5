import type { ProviderDialect } from '../../canonical/dialect.ts';
import { CanonicalStreamReader } from './canonical-stream-reader.ts';
import { classifyProviderError } from './provider-errors.ts';
import { readReply } from './read-reply.ts';
import { writeRequest } from './write-request.ts';

/** OpenAI Chat Completions as OpenAI and the many vendors compatible with it speak it. */
export const openAiChatProvider: ProviderDialect = {
  name: 'openai-chat',
  framing: 'sse',
  path: () => '/chat/completions',
  writeRequest,
  needsBytes: ({ kind, source }) => (kind === 'document' || kind === 'audio') && source.via === 'url',
  readReply,
  streamReader: (context) => new CanonicalStreamReader(context),
  readError: classifyProviderError,
};
