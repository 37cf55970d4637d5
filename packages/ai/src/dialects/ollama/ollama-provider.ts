import type { ProviderDialect } from '../../canonical/dialect.ts';
import { classifyProviderError } from '../openai-chat/provider-errors.ts';
import { OllamaStream, readOllamaReply } from './ollama-stream.ts';
import { writeOllamaRequest } from './write-request.ts';

/** Ollama's own API, on a machine of one's own or at ollama.com. */
export const ollamaProvider: ProviderDialect = {
  name: 'ollama',
  framing: 'ndjson',
  path: () => '/api/chat',
  writeRequest: writeOllamaRequest,
  needsBytes: ({ kind, source }) => kind === 'image' && source.via === 'url',
  readReply: readOllamaReply,
  streamReader: (context) => new OllamaStream(context),
  readError: classifyProviderError,
};
