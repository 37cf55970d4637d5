import type { EmbeddingsProvider } from '../dialects/chat-shaped/embeddings-form.ts';
import { cohereEmbeddings } from '../dialects/cohere/cohere-embeddings.ts';
import { geminiEmbeddings } from '../dialects/gemini/gemini-embeddings.ts';
import { mistralEmbeddings } from '../dialects/mistral/mistral-embeddings.ts';
import { ollamaEmbeddings } from '../dialects/ollama/ollama-embeddings.ts';
import { openAiEmbeddings } from '../dialects/openai-chat/openai-embeddings.ts';
import type { EmbeddingsDialect } from '../providers/provider-row.ts';

/** How vendors are asked for vectors, and how they answer. */
export const EMBEDDINGS_PROVIDERS: Readonly<Record<EmbeddingsDialect, EmbeddingsProvider>> = {
  'openai-chat': openAiEmbeddings,
  mistral: mistralEmbeddings,
  gemini: geminiEmbeddings,
  cohere: cohereEmbeddings,
  ollama: ollamaEmbeddings,
};
