import { providerRow } from '../providers/provider-table.ts';
import { readCatalogueFile, type CatalogueFile, type SourceModel, type SourceProvider } from './catalogue-file.ts';
import type { ModelFacts } from './model-facts.ts';
import { ModelFinder } from './model-finder.ts';
import { PricedModel } from './priced-model.ts';
import { Recent } from './recent.ts';
import { sourceForKind, type SourceName } from './source-for-kind.ts';

/**
 * What the built-in catalogue knows of a vendor's model at a moment; `undefined`: nothing. The catalogue is read from
 * disk when something is asked for the first time.
 */
export function modelFacts(kind: string, model: string, atMs: number): ModelFacts | undefined {
  builtIn ??= new Catalogue(readCatalogueFile());
  return builtIn.facts(kind, model, atMs);
}

let builtIn: Catalogue | undefined;

/** Longer than any vendor's name of a model, ARNs included. */
const NAME_CHARS_MAX = 256;
/** How many names a kind of provider remembers, once or twice over. */
const REMEMBERED = 512;

/** Kinds where operators name what they deploy. Most name it after the model that it began with. */
const OWN_NAMES: ReadonlySet<string> = new Set(['azure-openai', 'azure-foundry-claude']);

export class Catalogue {
  readonly #file: CatalogueFile;
  readonly #label: string;
  readonly #finders = new Map<string, ModelFinder>();
  readonly #byKind = new Map<string, Recent<PricedModel | 'unknown'>>();

  constructor(file: CatalogueFile) {
    this.#file = file;
    this.#label = `${file.source.slice(file.source.indexOf('/') + 1)}@${file.version}`;
  }

  /** By kind or alias of the provider table. */
  facts(kind: string, model: string, atMs: number): ModelFacts | undefined {
    const known = this.#byKind.get(kind)?.get(model) ?? this.#look(kind, model);
    return known === 'unknown' ? undefined : known.at(atMs);
  }

  #look(kind: string, model: string): PricedModel | 'unknown' {
    const row = providerRow(kind);
    if (row === undefined || model.length > NAME_CHARS_MAX) return 'unknown';
    const found = this.#search(row.kind, model.toLowerCase().trim()) ?? 'unknown';
    let recent = this.#byKind.get(kind);
    if (recent === undefined) this.#byKind.set(kind, (recent = new Recent(REMEMBERED)));
    recent.set(model, found);
    return found;
  }

  #search(kind: string, name: string): PricedModel | undefined {
    const place = sourceForKind(kind, name);
    if (place === undefined) return undefined;
    const found = this.#find(place) ?? this.#find({ ...place, model: withDashedDate(place.model) });
    if (found === undefined) return undefined;
    const id = `${found.source}/${found.model.id}`;
    const priceVersion = `${this.#label}/${id}`;
    return new PricedModel({ id, name: place.model, model: found.model, priceVersion, isOwnName: OWN_NAMES.has(kind) });
  }

  /** Sellers of others' models are looked up there, though not in turn with whom those fall back on. */
  #find({ source, model }: SourceName): Found | undefined {
    const own = this.#finder(source)?.find(model);
    if (own !== undefined) return { source, model: own };
    for (const other of this.#provider(source)?.fallbacks ?? []) {
      const found = this.#finder(other)?.find(model);
      if (found !== undefined) return { source: other, model: found };
    }
    return undefined;
  }

  #finder(source: string): ModelFinder | undefined {
    const made = this.#finders.get(source);
    if (made !== undefined) return made;
    const provider = this.#provider(source);
    if (provider === undefined) return undefined;
    const finder = new ModelFinder(provider.models);
    this.#finders.set(source, finder);
    return finder;
  }

  /** Callers of Hugging Face make up names of sources. */
  #provider(source: string): SourceProvider | undefined {
    return Object.hasOwn(this.#file.providers, source) ? this.#file.providers[source] : undefined;
  }
}

interface Found {
  readonly source: string;
  readonly model: SourceModel;
}

/** Vendors write the day of a version as 20250514 or as 2025-05-14. */
function withDashedDate(model: string): string {
  return model.replaceAll(/-(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=[-:]|$)/g, '-$1-$2-$3');
}
