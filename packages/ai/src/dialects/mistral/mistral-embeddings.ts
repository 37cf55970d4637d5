import type { Json } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import { asCount, asText } from '../../loose-json.ts';
import type { ProviderError } from '../../provider-error.ts';
import { fieldsOf, listOf } from '../chat-shaped/members.ts';
import { present } from '../chat-shaped/present.ts';
import { readUsage } from '../openai-chat/read-usage.ts';
import {
  ownExtras,
  readVectors,
  type EmbeddingsAnswer,
  type EmbeddingsProvider,
  type EmbeddingsWish,
} from '../chat-shaped/embeddings-form.ts';
import { readFailure } from './read-failure.ts';

/** As OpenAI's, but for the name of the dimensions. */
export const mistralEmbeddings: EmbeddingsProvider = {
  path: () => '/embeddings',
  writeRequest(wish: EmbeddingsWish, model: string, losses: Losses): string {
    const { input, dimensions } = wish;
    return JSON.stringify({
      ...ownExtras(wish, 'mistral', losses),
      model,
      input,
      ...present({ output_dimension: dimensions }),
      encoding_format: 'float',
    });
  },
  readReply,
};

function readReply(body: Json, wish: EmbeddingsWish): EmbeddingsAnswer | ProviderError | undefined {
  const reply = fieldsOf(body);
  if (reply === undefined) return undefined;
  const error = readFailure(reply);
  if (error !== undefined) return error;
  const rows = (listOf(reply['data']) ?? []).map((row, at) => {
    const fields = fieldsOf(row);
    return { index: asCount(fields?.['index']) ?? at, vector: fields?.['embedding'] ?? null };
  });
  // Rows say their place, and need not stand in it (reference T52).
  const inOrder = rows.toSorted((a, b) => a.index - b.index).map(({ vector }) => vector);
  const vectors = readVectors(inOrder, wish);
  if (vectors === undefined) return undefined;
  return { vectors, ...present({ model: asText(reply['model']), usage: readUsage(reply['usage']) }) };
}
