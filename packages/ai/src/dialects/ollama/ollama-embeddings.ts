import type { Json } from '../../canonical/json.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import { asCount, asText } from '../../loose-json.ts';
import type { ProviderError } from '../../provider-error.ts';
import type { Usage } from '../../usage.ts';
import {
  ownExtras,
  readVectors,
  type EmbeddingsAnswer,
  type EmbeddingsCall,
  type EmbeddingsCaller,
  type EmbeddingsProvider,
  type EmbeddingsWish,
} from '../chat-shaped/embeddings-form.ts';
import { fieldsOf, Members } from '../chat-shaped/members.ts';
import { present } from '../chat-shaped/present.ts';
import { classifyProviderError } from '../openai-chat/provider-errors.ts';

export const ollamaEmbeddings: EmbeddingsProvider = { path: () => '/api/embed', writeRequest, readReply };

export const ollamaEmbeddingsCaller: EmbeddingsCaller = { readRequest, writeReply };

function writeRequest(wish: EmbeddingsWish, model: string, losses: Losses): string {
  const { input, dimensions } = wish;
  return JSON.stringify({ ...ownExtras(wish, 'ollama', losses), model, input, ...present({ dimensions }) });
}

function readReply(body: Json, wish: EmbeddingsWish): EmbeddingsAnswer | ProviderError | undefined {
  const reply = fieldsOf(body);
  if (reply === undefined) return undefined;
  if (reply['error']) return classifyProviderError(200, JSON.stringify(reply));
  const vectors = readVectors(reply['embeddings'], wish);
  if (vectors === undefined) return undefined;
  return { vectors, ...present({ model: asText(reply['model']), usage: readUsage(reply['prompt_eval_count']) }) };
}

function readUsage(count: Json | undefined): Usage | undefined {
  const inputUncached = asCount(count);
  return inputUncached === undefined ? undefined : { inputUncached, outputText: 0 };
}

function readRequest(body: Json): EmbeddingsCall {
  const fields = fieldsOf(body);
  if (fields === undefined) throw new Untranslatable('the request body must be a JSON object');
  const request = new Members(fields);
  const model = request.name('model');
  const value = request.value('input');
  const texts = typeof value === 'string' ? [value] : (request.list('input') ?? request.refuse('input', 'is missing'));
  const input = texts.map((text) => {
    return typeof text === 'string' ? text : request.refuse('input', 'must be a string or hold strings');
  });
  if (input.length === 0) request.refuse('input', 'must hold at least one text');
  const dimensions = request.count('dimensions', 1);
  const extras = request.rest();
  return {
    model,
    wish: { input, ...present({ dimensions }), ext: Object.keys(extras).length === 0 ? {} : { ollama: extras } },
  };
}

function writeReply({ vectors, usage, model }: EmbeddingsAnswer, call: EmbeddingsCall): string {
  return JSON.stringify({
    model: model ?? call.model,
    embeddings: vectors,
    ...(usage !== undefined && { prompt_eval_count: usage.inputUncached + (usage.cacheRead ?? 0) }),
  });
}
