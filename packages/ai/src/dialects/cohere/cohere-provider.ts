import type { ProviderDialect } from '../../canonical/dialect.ts';
import { classifyProviderError } from '../openai-chat/provider-errors.ts';
import { CohereStream } from './cohere-stream.ts';
import { readCohereReply } from './read-reply.ts';
import { writeCohereRequest } from './write-request.ts';

/** Cohere's chat, version 2. */
export const cohereProvider: ProviderDialect = {
  name: 'cohere',
  framing: 'sse',
  path: () => '/chat',
  writeRequest: writeCohereRequest,
  readReply: readCohereReply,
  streamReader: (context) => new CohereStream(context),
  readError: classifyProviderError,
};
