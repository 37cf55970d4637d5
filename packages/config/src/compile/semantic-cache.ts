import { milliseconds } from '../forms/units.ts';
import { quote } from '../problems/nearest.ts';
import type { ModelSource, ProviderSource } from '../schema/ai-schema.ts';
import type { SemanticCacheSpec } from '../snapshot.ts';
import { checkReference, lookUp, type Compilation } from './compilation.ts';

type SemanticSource = NonNullable<NonNullable<ModelSource['cache']>['semantic']>;

export function semanticCacheSpec({ timeout, ...rest }: SemanticSource): SemanticCacheSpec {
  return { ...rest, timeoutMs: milliseconds(timeout) };
}

export interface Embedders {
  readonly providers: Readonly<Record<string, ProviderSource>>;
  /** Rows of the provider table, by kind and alias. */
  readonly kinds: ReadonlyMap<string, { readonly embeds?: unknown }>;
  readonly compilation: Compilation;
}

/** A vendor that makes no vectors would leave every question without an answer from the cache. */
export function checkSemanticCache({ cache }: ModelSource, { providers, kinds, compilation }: Embedders): void {
  const { places, report, declared } = compilation;
  const semantic = cache?.semantic;
  if (semantic === undefined) return;
  const { provider: name } = semantic;
  const known = declared.providers;
  if (!checkReference({ noun: 'provider', holder: semantic, key: 'provider', name, known }, compilation)) return;
  const kind = lookUp(providers, name)?.kind ?? '';
  const row = kinds.get(kind);
  if (row === undefined || row.embeds !== undefined) return;
  report.problem(
    places.at(semantic, 'provider'),
    `a provider of the kind ${quote(kind)} makes no vectors, write another`,
  );
}
