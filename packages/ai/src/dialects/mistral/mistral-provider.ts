import type { ProviderDialect } from '../../canonical/dialect.ts';
import { classifyProviderError } from '../openai-chat/provider-errors.ts';
import { MistralStream, readMistralReply } from './mistral-stream.ts';
import { writeMistralRequest } from './write-request.ts';

/**
 * Mistral's own API. Its callers speak a Chat completion that OpenAI's reader takes, so that there is no caller of this
 * dialect; what only Mistral knows of it comes here in the extras of `openai-chat`.
 */
export const mistralProvider: ProviderDialect = {
  name: 'mistral',
  framing: 'sse',
  path: () => '/chat/completions',
  writeRequest: writeMistralRequest,
  readReply: readMistralReply,
  streamReader: (context) => new MistralStream(context),
  readError: classifyProviderError,
};
