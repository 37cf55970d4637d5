import type { AiEndpoint } from '../snapshot.ts';

/** The name that records, counters and refusals have for AI paths. */
export const AI_API = 'ai';

/** The paths of the AI gateway below `ai.basePath`: those that the official SDKs of vendors ask for. */
export const AI_PATHS: readonly (readonly [method: string, path: string, endpoint: AiEndpoint])[] = [
  ['POST', '/v1/chat/completions', 'chat'],
  ['POST', '/v1/responses', 'responses'],
  ['POST', '/v1/messages', 'messages'],
  ['POST', '/v1/messages/count_tokens', 'count-tokens'],
  ['POST', '/v1beta/models/*', 'gemini'],
  ['POST', '/v1/models/*', 'gemini'],
  ['POST', '/model/{model}/converse', 'converse'],
  ['POST', '/model/{model}/converse-stream', 'converse'],
  ['POST', '/v2/chat', 'cohere-chat'],
  ['POST', '/api/chat', 'ollama-chat'],
  ['POST', '/v1/embeddings', 'embeddings'],
  ['POST', '/v2/embed', 'cohere-embed'],
  ['POST', '/api/embed', 'ollama-embed'],
  ['POST', '/v1/images/generations', 'images'],
  ['POST', '/v1/images/edits', 'image-edits'],
  ['POST', '/v1/audio/transcriptions', 'transcriptions'],
  ['POST', '/v1/audio/translations', 'translations'],
  ['POST', '/v1/audio/speech', 'speech'],
  ['POST', '/v1/moderations', 'moderations'],
  ['GET', '/v1/models', 'models'],
  ['GET', '/v1/models/*', 'model'],
  ['GET', '/v1beta/models', 'gemini-models'],
  ['GET', '/v1beta/models/*', 'gemini-model'],
  ['GET', '/api/tags', 'ollama-tags'],
];

/** Clients escape the slash in the name of a model; the path goes nowhere but to our own look-up. */
export const NAMED_BY_PATH: ReadonlySet<AiEndpoint> = new Set(['model', 'gemini', 'gemini-model', 'converse']);

/** Where bodies may be larger than those of other AI paths: edits carry up to sixteen pictures. */
export const BODY_BYTES_MAX: Readonly<Partial<Record<AiEndpoint, number>>> = { 'image-edits': 64 * 1024 ** 2 };
