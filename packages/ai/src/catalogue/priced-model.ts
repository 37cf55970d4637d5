import type { PriceRow, SourceModel } from './catalogue-file.ts';
import { familyOf } from './model-families.ts';
import type { Capabilities, ModelFacts } from './model-facts.ts';
import { modelPrices } from './model-prices.ts';

export interface Listed {
  readonly id: string;
  /** As the provider that is called knows it, which says more than the id of a line of models. */
  readonly name: string;
  readonly model: SourceModel;
  readonly priceVersion: string;
  /** Whether the name is the operator's own. */
  readonly isOwnName: boolean;
}

/** A model with its facts by the time of the call. */
export class PricedModel {
  readonly #rows: readonly DatedFacts[];

  constructor({ id, name, model, priceVersion, isOwnName }: Listed) {
    const { maxOutputTokens, can, cache } = familyOf(name);
    const context = model.context;
    const facts = {
      id,
      contextTokens: context,
      // A model that takes less than its line says gives less, too.
      maxOutputTokens: maxOutputTokens === undefined ? undefined : Math.min(maxOutputTokens, context ?? Infinity),
      can: isOwnName ? possible(can) : can,
      ...(isOwnName && { contextIsGuess: true }),
    };
    const rows = model.prices ?? [];
    this.#rows =
      rows.length === 0
        ? [{ holds: always, facts: { ...facts, prices: undefined, priceVersion } }]
        : rows.map((row, at) => ({
            holds: holdsAt(row),
            facts: { ...facts, prices: modelPrices(row, cache), priceVersion: `${priceVersion}#${at}` },
          }));
  }

  at(atMs: number): ModelFacts | undefined {
    if (this.#rows.length === 1) return this.#rows[0]?.facts;
    return (this.#rows.findLast(({ holds }) => holds(atMs)) ?? this.#rows[0])?.facts;
  }
}

/** Without what it cannot, which another model behind that name may well do. */
function possible(can: Capabilities): Capabilities {
  return Object.fromEntries(Object.entries(can).filter(([, able]) => able !== false));
}

interface DatedFacts {
  readonly holds: (atMs: number) => boolean;
  readonly facts: ModelFacts;
}

const DAY_MS = 86_400_000;

function always(): boolean {
  return true;
}

function holdsAt({ from, daily }: PriceRow): (atMs: number) => boolean {
  if (from !== undefined) {
    const fromMs = Date.parse(from);
    return (atMs) => atMs >= fromMs;
  }
  if (daily === undefined) return always;
  const [startMs, endMs] = [daily[0] * 1000, daily[1] * 1000];
  return (atMs) => {
    const timeMs = ((atMs % DAY_MS) + DAY_MS) % DAY_MS;
    return endMs < startMs ? timeMs >= startMs || timeMs < endMs : timeMs >= startMs && timeMs < endMs;
  };
}
