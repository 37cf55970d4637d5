import type { CallerDialect } from '../../canonical/dialect.ts';
import { OllamaWriter } from './ollama-writer.ts';
import { readOllamaRequest } from './read-request.ts';
import { writeOllamaError } from './write-error.ts';
import { writeOllamaReply } from './write-reply.ts';

/** `/api/chat` as Ollama's clients speak it; they get a stream unless they say that they want none. */
export const ollamaCaller: CallerDialect = {
  name: 'ollama',
  framing: 'ndjson',
  streamType: 'application/x-ndjson',
  readRequest: readOllamaRequest,
  writeReply: writeOllamaReply,
  streamWriter: (context) => new OllamaWriter(context),
  writeError: writeOllamaError,
};
