import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { asCount, asText } from '../../loose-json.ts';
import { bareModel, modelResource } from './call-path.ts';
import { isList } from './camel-fields.ts';

/** A model as `GET /models` of this dialect can show it. */
export interface GeminiModel {
  readonly id: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly inputTokenLimit?: number;
  readonly outputTokenLimit?: number;
  /** What may be asked of it; absent: to answer, streamed or not, and to count. */
  readonly methods?: readonly string[];
}

export function writeModelCard(model: GeminiModel): string {
  return JSON.stringify(cardOf(model));
}

/** One page; models are told apart by their names, so that a page follows the last one also when the list changes. */
export function writeModelList(
  models: readonly GeminiModel[],
  { pageSize, pageToken }: { readonly pageSize?: string | undefined; readonly pageToken?: string | undefined } = {},
): string {
  const asked = Number.parseInt(pageSize ?? '', 10);
  const size = Math.min(PAGE_MAX, asked > 0 ? asked : PAGE_DEFAULT);
  const after = pageToken === undefined ? undefined : Buffer.from(pageToken, 'base64url').toString('utf8');
  const start = after === undefined ? 0 : models.findIndex(({ id }) => id === after) + 1;
  const page = models.slice(start, start + size);
  const last = page.at(-1);
  const more = last !== undefined && start + size < models.length;
  return JSON.stringify({
    models: page.map(cardOf),
    ...(more && { nextPageToken: Buffer.from(last.id).toString('base64url') }),
  });
}

const PAGE_DEFAULT = 50;
const PAGE_MAX = 1000;

function cardOf({ id, displayName, methods = METHODS, ...rest }: GeminiModel): JsonFields {
  return {
    name: modelResource(id),
    version: '001',
    displayName: displayName ?? id,
    ...rest,
    supportedGenerationMethods: methods,
  };
}

const METHODS: readonly string[] = ['generateContent', 'streamGenerateContent', 'countTokens'];

export interface GeminiModelPage {
  readonly models: readonly GeminiModel[];
  readonly nextPageToken?: string;
}

/** Undefined when the body is no list of models. */
export function readModelList(body: Json): GeminiModelPage | undefined {
  if (!isJsonFields(body)) return undefined;
  const list = body['models'] ?? body['tunedModels'] ?? body['publisherModels'];
  if (!isList(list)) return undefined;
  const nextPageToken = asText(body['nextPageToken']);
  return {
    models: list.flatMap((entry) => readModelCard(entry) ?? []),
    ...(nextPageToken !== undefined && { nextPageToken }),
  };
}

export function readModelCard(card: Json): GeminiModel | undefined {
  if (!isJsonFields(card)) return undefined;
  const name = asText(card['name']);
  if (name === undefined) return undefined;
  const displayName = asText(card['displayName']);
  const description = asText(card['description']);
  const inputTokenLimit = asCount(card['inputTokenLimit']);
  const outputTokenLimit = asCount(card['outputTokenLimit']);
  const methods = card['supportedGenerationMethods'];
  return {
    id: bareModel(name.replace(PUBLISHER, '')),
    ...(displayName !== undefined && { displayName }),
    ...(description !== undefined && { description }),
    ...(inputTokenLimit !== undefined && { inputTokenLimit }),
    ...(outputTokenLimit !== undefined && { outputTokenLimit }),
    ...(isList(methods) && { methods: methods.filter((method) => typeof method === 'string') }),
  };
}

/** Vertex names its models by whoever made them. */
const PUBLISHER = /^publishers\/google\//;
