import type { Json, JsonFields } from '../../canonical/json.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import { asCount, asText } from '../../loose-json.ts';
import type { ProviderError } from '../../provider-error.ts';
import {
  ownExtras,
  readVectors,
  type EmbeddingsAnswer,
  type EmbeddingsCall,
  type EmbeddingsCaller,
  type EmbeddingsProvider,
  type EmbeddingsWish,
} from '../chat-shaped/embeddings-form.ts';
import { fieldsOf, listOf, Members } from '../chat-shaped/members.ts';
import { present } from '../chat-shaped/present.ts';
import { classifyProviderError } from './provider-errors.ts';
import { readUsage } from './read-usage.ts';
import { vectorFromBase64, vectorToBase64 } from './vector-encoding.ts';

export const openAiEmbeddings: EmbeddingsProvider = { path: () => '/embeddings', writeRequest, readReply };

export const openAiEmbeddingsCaller: EmbeddingsCaller = { readRequest, writeReply };

function writeRequest(wish: EmbeddingsWish, model: string, losses: Losses): string {
  const { input, dimensions } = wish;
  const extras = ownExtras(wish, 'openai-chat', losses);
  return JSON.stringify({ ...extras, model, input, ...present({ dimensions }), encoding_format: 'float' });
}

function readReply(body: Json, wish: EmbeddingsWish): EmbeddingsAnswer | ProviderError | undefined {
  const reply = fieldsOf(body);
  if (reply === undefined) return undefined;
  if (Boolean(reply['error']) || reply['object'] === 'error') return classifyProviderError(200, JSON.stringify(reply));
  const rows = (listOf(reply['data']) ?? []).map((row, at) => {
    const fields = fieldsOf(row);
    return { index: asCount(fields?.['index']) ?? at, vector: asNumbers(fields?.['embedding'] ?? null) };
  });
  // Rows say their place, and need not stand in it (reference T52).
  const vectors = readVectors(
    rows.toSorted((a, b) => a.index - b.index).map(({ vector }) => vector),
    wish,
  );
  if (vectors === undefined) return undefined;
  return { vectors, ...present({ model: asText(reply['model']), usage: readUsage(reply['usage']) }) };
}

/** Some servers answer in base64 whatever they are asked for. */
function asNumbers(vector: Json): Json {
  return typeof vector === 'string' ? (vectorFromBase64(vector) ?? null) : vector;
}

function readRequest(body: Json): EmbeddingsCall {
  const fields = fieldsOf(body);
  if (fields === undefined) throw new Untranslatable('The request body must be a JSON object.');
  const request = new Members(fields);
  const model = request.name('model');
  const input = readTexts(request);
  const dimensions = request.count('dimensions', 1);
  const encoding = readEncoding(request);
  const extras: JsonFields = request.rest();
  return {
    model,
    wish: { input, ...present({ dimensions }), ext: Object.keys(extras).length === 0 ? {} : { 'openai-chat': extras } },
    encodings: [encoding],
  };
}

function readEncoding(request: Members): 'float' | 'base64' {
  const encoding = request.text('encoding_format') ?? 'float';
  if (encoding === 'float' || encoding === 'base64') return encoding;
  return request.refuse('encoding_format', "must be 'float' or 'base64'");
}

function readTexts(request: Members): readonly string[] {
  const value = request.value('input');
  if (typeof value === 'string') return [value];
  const texts = listOf(value) ?? request.refuse('input', 'must be a string or an array');
  if (texts.length === 0) request.refuse('input', 'must hold at least one text');
  return texts.map((text) => {
    if (typeof text === 'string') return text;
    // Token ids are those of one vendor's models (reference T52).
    return request.refuse('input', 'must be text here: token ids mean something to models of one vendor only');
  });
}

function writeReply({ vectors, usage, model }: EmbeddingsAnswer, call: EmbeddingsCall): string {
  const written = call.encodings?.[0] === 'base64' ? vectors.map(vectorToBase64) : vectors;
  const tokens = usage === undefined ? 0 : usage.inputUncached + (usage.cacheRead ?? 0);
  return JSON.stringify({
    object: 'list',
    data: written.map((embedding, index) => ({ object: 'embedding', index, embedding })),
    model: model ?? call.model,
    // SDKs declare it as always there.
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}
