import { OTHER } from './series-family.ts';

/**
 * Models that have answered with usage at least once. A caller may ask for any name where routes pass names on, but only
 * a provider can make a model answer; until then calls count under `other`.
 */
export class KnownModels {
  readonly #byProvider = new Map<string, Set<string>>();
  #count = 0;
  readonly #countMax: number;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  label(call: { readonly provider: string; readonly model: string; readonly hasUsage: boolean }): string {
    const { provider, model } = call;
    if (model === '' || this.#byProvider.get(provider)?.has(model) === true) return model;
    if (!call.hasUsage || this.#count >= this.#countMax) return OTHER;
    const models = this.#byProvider.get(provider) ?? new Set();
    this.#byProvider.set(provider, models.add(model));
    this.#count++;
    return model;
  }
}
