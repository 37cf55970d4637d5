import type { Json, JsonFields } from '../../canonical/json.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import { asCount } from '../../loose-json.ts';
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

export const COHERE_EMBED_TEXTS_MAX = 96;

export const cohereEmbeddings: EmbeddingsProvider = {
  path: () => '/embed',
  inputsMax: COHERE_EMBED_TEXTS_MAX,
  writeRequest,
  readReply,
};

export const cohereEmbeddingsCaller: EmbeddingsCaller = { readRequest, writeReply };

/** What vectors are for must be said here: those of documents are what is stored and compared with. */
const INPUT_TYPE = 'search_document';

function writeRequest(wish: EmbeddingsWish, model: string, losses: Losses): string {
  const { input, dimensions } = wish;
  if (input.length > COHERE_EMBED_TEXTS_MAX) {
    throw new Untranslatable(`The provider of this model takes ${COHERE_EMBED_TEXTS_MAX} texts a call.`, 'input');
  }
  return JSON.stringify({
    input_type: INPUT_TYPE,
    ...ownExtras(wish, 'cohere', losses),
    model,
    texts: input,
    embedding_types: ['float'],
    ...present({ output_dimension: dimensions }),
  });
}

function readReply(body: Json, wish: EmbeddingsWish): EmbeddingsAnswer | ProviderError | undefined {
  const reply = fieldsOf(body);
  if (reply === undefined) return undefined;
  const { embeddings } = reply;
  const vectors = readVectors(fieldsOf(embeddings)?.['float'] ?? embeddings, wish);
  if (vectors !== undefined) return { vectors, ...present({ usage: readUsage(reply) }) };
  return typeof reply['message'] === 'string' ? classifyProviderError(200, JSON.stringify(reply)) : undefined;
}

function readUsage({ meta }: JsonFields): Usage | undefined {
  const fields = fieldsOf(meta);
  const places = [fields?.['billed_units'], fields?.['tokens']].map((place) => fieldsOf(place)?.['input_tokens']);
  const inputUncached = places.map(asCount).find((tokens) => tokens !== undefined);
  return inputUncached === undefined ? undefined : { inputUncached, outputText: 0 };
}

function readRequest(body: Json): EmbeddingsCall {
  const fields = fieldsOf(body);
  if (fields === undefined) throw new Untranslatable('invalid request: the body must be a JSON object.');
  const request = new Members(fields);
  const model = request.name('model');
  const input = readTexts(request);
  const dimensions = request.count('output_dimension', 1);
  const encodings = (request.list('embedding_types') ?? ['float']).map((type) => {
    if (type === 'float' || type === 'base64') return type;
    return request.refuse('embedding_types', "can only hold 'float' and 'base64' here");
  });
  const extras = request.rest();
  return {
    model,
    wish: { input, ...present({ dimensions }), ext: Object.keys(extras).length === 0 ? {} : { cohere: extras } },
    encodings: encodings.length === 0 ? ['float'] : encodings,
  };
}

function readTexts(request: Members): readonly string[] {
  if ((request.list('images') ?? []).length > 0) request.refuse('images', 'cannot be embedded here');
  const texts = (request.list('texts') ?? []).map((text) => {
    return typeof text === 'string' ? text : request.refuse('texts', 'must hold strings');
  });
  const mixed = request.each('inputs').map((input) => {
    return input
      .each('content')
      .map((part) => part.text('text') ?? part.refuse('text', 'must be a string: only texts are embedded here'))
      .join('\n');
  });
  const all = [...texts, ...mixed];
  return all.length === 0 ? request.refuse('texts', 'must hold at least one text') : all;
}

function writeReply(
  { vectors, usage }: EmbeddingsAnswer,
  { wish, encodings = [] }: EmbeddingsCall,
  id: string,
): string {
  const written = {
    float: () => vectors,
    base64: () => vectors.map((vector) => Buffer.from(Float32Array.from(vector).buffer).toString('base64')),
  };
  return JSON.stringify({
    id,
    embeddings: Object.fromEntries(encodings.map((encoding) => [encoding, written[encoding]()])),
    texts: wish.input,
    meta: {
      api_version: { version: '2' },
      ...(usage !== undefined && { billed_units: { input_tokens: usage.inputUncached + (usage.cacheRead ?? 0) } }),
    },
    response_type: 'embeddings_by_type',
  });
}
