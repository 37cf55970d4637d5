import { restOf } from '../../canonical/collect-ext.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { bareModel, modelResource, type GeminiCall } from './call-path.ts';
import { camelFields, fieldsAt, isList, listAt, numberAt, numberOf, textAt } from './camel-fields.ts';

/** Texts to embed, as all dialects know it. */
export interface EmbeddingCall {
  readonly model: string;
  readonly input: readonly string[];
  readonly dimensions?: number;
}

/** The same as callers of this dialect say it. */
export interface GeminiEmbeddingCall extends EmbeddingCall {
  /** `embedContent` is answered with one vector, `batchEmbedContents` with a list. */
  readonly single: boolean;
  /** What only Google knows, such as `taskType`, text by text. */
  readonly natives: readonly JsonFields[];
}

export function readEmbedRequest(json: Json, { model, action }: GeminiCall): GeminiEmbeddingCall {
  if (!isJsonFields(json)) throw new Untranslatable('The body must be an object.');
  const body = camelFields(json);
  const single = action === 'embedContent';
  const requests = single ? [body] : listAt(body, 'requests');
  if (requests.length === 0) throw new Untranslatable('requests is missing.', 'requests');
  const read = requests.map((request, at) => readOne(request, { model, where: single ? '' : `requests[${at}].` }));
  const [dimensions, ...others] = new Set(read.map((one) => one.dimensions));
  if (others.length > 0) throw new Untranslatable('All texts must have the same outputDimensionality.', 'requests');
  return {
    model,
    input: read.map(({ text }) => text),
    ...(dimensions !== undefined && { dimensions }),
    single,
    natives: read.map(({ natives }) => natives),
  };
}

interface EmbedOne {
  readonly text: string;
  readonly dimensions: number | undefined;
  readonly natives: JsonFields;
}

function readOne(request: JsonFields, { model, where }: { readonly model: string; readonly where: string }): EmbedOne {
  const own = bareModel(textAt(request, 'model', `${where}model`) ?? model);
  if (own !== model) throw new Untranslatable(`${where}model must be the model of the path.`, `${where}model`);
  const content = fieldsAt(request, 'content', `${where}content`) ?? {};
  const parts = listAt(content, 'parts', `${where}content.parts`);
  const texts = parts.map((part, at) => {
    const text = textAt(part, 'text', `${where}content.parts[${at}].text`);
    if (text !== undefined) return text;
    throw new Untranslatable('Only text can be embedded.', `${where}content.parts[${at}]`);
  });
  if (texts.length === 0) throw new Untranslatable(`${where}content is missing.`, `${where}content`);
  return {
    text: texts.join('\n'),
    dimensions: numberAt(request, 'outputDimensionality', `${where}outputDimensionality`),
    natives: restOf(request, MEMBERS) ?? {},
  };
}

const MEMBERS: ReadonlySet<string> = new Set(['model', 'content', 'outputDimensionality']);

/** The body of `batchEmbedContents`, which embeds one text as well as many. */
export function writeEmbedRequest(
  call: EmbeddingCall,
  options: { readonly natives?: readonly JsonFields[] } = {},
): string {
  const { model, input, dimensions } = call;
  const requests = input.map((text, at) => ({
    model: modelResource(model),
    content: { parts: [{ text }] },
    ...(dimensions !== undefined && { outputDimensionality: dimensions }),
    ...options.natives?.[at],
  }));
  return JSON.stringify({ requests });
}

export function writeEmbedReply(
  vectors: readonly (readonly number[])[],
  { single }: { readonly single: boolean },
): string {
  if (single) return JSON.stringify({ embedding: { values: vectors[0] ?? [] } });
  return JSON.stringify({ embeddings: vectors.map((values) => ({ values })) });
}

/** Of one text or of many; undefined when the body is no such reply. */
export function readEmbedReply(body: Json): readonly (readonly number[])[] | undefined {
  if (!isJsonFields(body)) return undefined;
  const { embedding, embeddings } = body;
  const list = isList(embeddings) ? embeddings : embedding === undefined ? [] : [embedding];
  const vectors = list.map(readVector);
  const whole = vectors.filter((vector) => vector !== undefined);
  return whole.length === 0 || whole.length < vectors.length ? undefined : whole;
}

function readVector(embedding: Json): readonly number[] | undefined {
  const values = isJsonFields(embedding) ? embedding['values'] : undefined;
  if (!isList(values) || values.length === 0) return undefined;
  const numbers = values.map(numberOf).filter((value) => value !== undefined);
  return numbers.length === values.length ? numbers : undefined;
}
