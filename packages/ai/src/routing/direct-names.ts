import { providerRow } from '../providers/provider-table.ts';
import { vendorForModel } from '../providers/vendor-for-model.ts';
import type { KeyedProvider } from './route.ts';

/** A provider, and its own name of a model. */
export interface DirectModel {
  readonly keyed: KeyedProvider;
  readonly model: string;
}

/** `provider/model`, by the configured name of a provider or by its kind, and the names that vendors give their models. */
export class DirectNames {
  readonly #byName: ReadonlyMap<string, KeyedProvider>;
  readonly #byKind = new Map<string, KeyedProvider>();

  constructor(providers: ReadonlyMap<string, KeyedProvider>) {
    this.#byName = providers;
    for (const keyed of providers.values()) {
      const kind = providerRow(keyed.provider.kind)?.kind ?? keyed.provider.kind;
      // The first of several providers of a kind is meant when only the kind is named.
      if (!this.#byKind.has(kind)) this.#byKind.set(kind, keyed);
    }
  }

  find(name: string): DirectModel | undefined {
    const slash = name.indexOf('/');
    const named = slash > 0 ? this.#byName.get(name.slice(0, slash)) : undefined;
    if (named !== undefined && slash < name.length - 1) return { keyed: named, model: name.slice(slash + 1) };
    const vendor = vendorForModel(name);
    const keyed = vendor && this.#byKind.get(vendor.kind);
    return vendor && keyed && { keyed, model: vendor.model };
  }
}
