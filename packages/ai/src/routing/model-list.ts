import type { ModelRouter } from './model-router.ts';

/** A model as `GET /v1/models` shows it. */
export interface ModelCard {
  readonly id: string;
  readonly object: 'model';
  /** Always 0: an alias has no date of its own, and clients ask for a number. */
  readonly created: number;
  readonly owned_by: 'gatehouse';
}

export interface ModelList {
  readonly object: 'list';
  readonly data: readonly ModelCard[];
}

/** `allowed` are the names that the application may call, `*` all; `undefined` none. Names are compared exactly. */
export function mayCall(allowed: readonly string[] | undefined, name: string): boolean {
  return allowed !== undefined && (allowed.includes('*') || allowed.includes(name));
}

/** The aliases that the application may call, then what else its list names that is served. */
export function listModels(router: ModelRouter, allowed: readonly string[] | undefined): ModelList {
  const aliases = router.aliases().filter((name) => mayCall(allowed, name));
  const direct = (allowed ?? []).filter((name) => name !== '*' && router.knows(name));
  return { object: 'list', data: Array.from(new Set([...aliases, ...direct]), card) };
}

/** `undefined` when it is not served or not this application's: the two look alike from outside. */
export function describeModel(
  router: ModelRouter,
  allowed: readonly string[] | undefined,
  id: string,
): ModelCard | undefined {
  return mayCall(allowed, id) && router.knows(id) ? card(id) : undefined;
}

function card(id: string): ModelCard {
  return { id, object: 'model', created: 0, owned_by: 'gatehouse' };
}
