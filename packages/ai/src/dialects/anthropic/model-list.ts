import type { JsonFields } from '../../canonical/json.ts';

export interface ListedModel {
  readonly id: string;
  readonly displayName?: string;
  /** Seconds since the epoch. */
  readonly created?: number;
  readonly inputTokensMax?: number;
  readonly outputTokensMax?: number;
}

/** What the query of `GET /v1/models` asks for. */
export interface ModelPage {
  readonly limit?: number;
  readonly beforeId?: string;
  readonly afterId?: string;
}

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 1000;

/** The body of `GET /v1/models`, which comes in pages. */
export function writeModelList(models: readonly ListedModel[], page: ModelPage = {}): string {
  const limit = Math.min(LIMIT_MAX, Math.max(1, page.limit ?? LIMIT_DEFAULT));
  const from = models.findIndex(({ id }) => id === page.afterId) + 1;
  const before = models.findIndex(({ id }) => id === page.beforeId);
  const until = before < 0 ? models.length : before;
  // Backwards, a page holds what stands right before its mark.
  const start = before < 0 ? from : Math.max(from, until - limit);
  const data = models.slice(start, Math.min(until, start + limit));
  return JSON.stringify({
    data: data.map(modelFields),
    has_more: before < 0 ? start + limit < models.length : start > from,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  });
}

/** The body of `GET /v1/models/{id}`. */
export function writeModel(model: ListedModel): string {
  return JSON.stringify(modelFields(model));
}

function modelFields(model: ListedModel): JsonFields {
  return {
    type: 'model',
    id: model.id,
    display_name: model.displayName ?? model.id,
    // A name that the gate made up has no date, and clients parse one.
    created_at: new Date((model.created ?? 0) * 1000).toISOString(),
    max_input_tokens: model.inputTokensMax ?? null,
    max_tokens: model.outputTokensMax ?? null,
    capabilities: null,
    lifecycle: 'active',
    line: null,
    deprecated_at: null,
    retires_at: null,
  };
}
