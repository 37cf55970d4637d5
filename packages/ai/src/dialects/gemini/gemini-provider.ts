import type { ProviderDialect } from '../../canonical/dialect.ts';
import { geminiCallPath } from './call-path.ts';
import { readGeminiError } from './read-error.ts';
import { isGoogleUri } from './read-media.ts';
import { readGeminiReply } from './read-reply.ts';
import { GeminiStreamReader } from './stream-reader.ts';
import { writeGeminiRequest } from './write-request.ts';

/** Google's `generateContent`, at Google's or whoever else speaks it. Streams are always asked for as SSE. */
export const geminiProvider: ProviderDialect = {
  name: 'gemini',
  framing: 'sse',
  path: ({ model, stream }) =>
    geminiCallPath(model, stream ? 'streamGenerateContent' : 'generateContent') + (stream ? '?alt=sse' : ''),
  writeRequest: writeGeminiRequest,
  // Who speaks this dialect says itself what Google is to fetch.
  needsBytes: ({ source }, { dialect }) => dialect !== 'gemini' && source.via === 'url' && !isGoogleUri(source.url),
  readReply: readGeminiReply,
  streamReader: (context) => new GeminiStreamReader(context),
  readError: readGeminiError,
};
