import { createHash } from 'node:crypto';
import type { Prices, Rates } from '../pricing/prices.ts';
import { parseUsdPerMillion } from '../pricing/usd.ts';
import { modelFacts } from './catalogue.ts';
import { familyOf } from './model-families.ts';
import type { Capabilities, ModelFacts } from './model-facts.ts';
import { modelPrices } from './model-prices.ts';

/** By the provider's name in the configuration, then by the name of the model there. */
export type Overrides = Readonly<Record<string, Readonly<Record<string, ModelOverride>>>>;

/** What is known better here than in the catalogue. Prices are in USD per million tokens, at most six decimals. */
export interface ModelOverride {
  /** What the cache costs follows in proportion, unless it is given too. */
  readonly input?: string | number | undefined;
  /** That of reasoning, too. */
  readonly output?: string | number | undefined;
  readonly cacheRead?: string | number | undefined;
  readonly cacheWrite?: string | number | undefined;
  readonly contextTokens?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly capabilities?: Capabilities | undefined;
}

export interface ModelPlace {
  /** The provider's name in the configuration. */
  readonly provider: string;
  readonly kind: string;
  /** As the provider calls it. */
  readonly model: string;
}

/** The catalogue as an operator corrects it. */
export class OverriddenCatalogue {
  readonly #overrides: ReadonlyMap<string, ReadonlyMap<string, Override>>;

  /** Throws for a price that `parseUsdPerMillion` does not take. */
  constructor(overrides: Overrides) {
    this.#overrides = new Map(
      Object.entries(overrides).map(([provider, models]) => [
        provider,
        new Map(Object.entries(models).map(([model, override]) => [model, new Override(model, override)])),
      ]),
    );
  }

  facts({ provider, kind, model }: ModelPlace, atMs: number): ModelFacts | undefined {
    const listed = modelFacts(kind, model, atMs);
    const override = this.#overrides.get(provider)?.get(model);
    return override === undefined ? listed : override.apply(listed);
  }
}

type OwnRates = Readonly<Partial<Record<'input' | 'output' | 'cacheRead' | 'cacheWrite', number>>>;

class Override {
  readonly #name: string;
  readonly #given: ModelOverride;
  readonly #rates: OwnRates;
  readonly #digest: string;
  /** The catalogue gives the same object for the same facts. */
  readonly #applied = new WeakMap<ModelFacts, ModelFacts>();
  #alone: ModelFacts | undefined;

  constructor(name: string, given: ModelOverride) {
    this.#name = name;
    this.#given = given;
    this.#rates = ownRates(name, given);
    this.#digest = createHash('sha256').update(JSON.stringify(this.#rates)).digest('hex').slice(0, 12);
  }

  apply(listed: ModelFacts | undefined): ModelFacts {
    if (listed === undefined) return (this.#alone ??= this.#withoutCatalogue());
    let facts = this.#applied.get(listed);
    if (facts === undefined) this.#applied.set(listed, (facts = this.#over(listed)));
    return facts;
  }

  #over(listed: ModelFacts): ModelFacts {
    const own = Object.keys(this.#rates).length > 0;
    return {
      ...listed,
      prices: own ? this.#prices(listed.prices) : listed.prices,
      priceVersion: own ? `${listed.priceVersion}+override:${this.#digest}` : listed.priceVersion,
      contextTokens: this.#given.contextTokens ?? listed.contextTokens,
      contextIsGuess: listed.contextIsGuess === true && this.#given.contextTokens === undefined,
      maxOutputTokens: this.#given.maxOutputTokens ?? listed.maxOutputTokens,
      can: { ...listed.can, ...this.#given.capabilities },
    };
  }

  #withoutCatalogue(): ModelFacts {
    return {
      id: this.#name,
      prices: Object.keys(this.#rates).length > 0 ? this.#prices(undefined) : undefined,
      priceVersion: `override:${this.#digest}`,
      contextTokens: this.#given.contextTokens,
      maxOutputTokens: this.#given.maxOutputTokens,
      can: { ...familyOf('').can, ...this.#given.capabilities },
    };
  }

  #prices(listed: Prices | undefined): Prices {
    if (listed === undefined) return modelPrices(this.#rates, familyOf(this.#name.toLowerCase()).cache);
    const over = (rates: Rates): Rates => overRates(rates, this.#rates);
    return {
      ...listed,
      base: over(listed.base),
      tiers: listed.tiers.map((tier) => ({ ...tier, rates: over(tier.rates) })),
    };
  }
}

function ownRates(name: string, given: ModelOverride): OwnRates {
  const rates: Partial<Record<keyof OwnRates, number>> = {};
  for (const rate of ['input', 'output', 'cacheRead', 'cacheWrite'] as const) {
    const amount = given[rate];
    if (amount === undefined) continue;
    const parsed = parseUsdPerMillion(amount);
    if (parsed === undefined) throw new RangeError(`${name}: ${rate}: ${amount} is no price in USD per million tokens`);
    rates[rate] = parsed;
  }
  return rates;
}

/** A given price holds whatever the length of the prompt. */
function overRates(listed: Rates, own: OwnRates): Rates {
  const input = own.input ?? listed.input;
  const cached = (rate: number | undefined): number | undefined =>
    own.input === undefined ? rate : inProportion(rate, { to: own.input, from: listed.input });
  const write1h = cached(listed.cacheWrite1h);
  return {
    ...listed,
    input,
    cacheRead: own.cacheRead ?? cached(listed.cacheRead),
    cacheWrite: own.cacheWrite ?? cached(listed.cacheWrite),
    cacheWrite1h:
      own.cacheWrite === undefined
        ? write1h
        : inProportion(listed.cacheWrite1h, { to: own.cacheWrite, from: listed.cacheWrite }),
    output: own.output ?? listed.output,
    reasoning: own.output ?? listed.reasoning,
  };
}

interface Change {
  readonly to: number;
  readonly from: number | undefined;
}

/** Rounded half up. */
function inProportion(rate: number | undefined, { to, from }: Change): number {
  if (rate === undefined || from === undefined || from === 0) return to;
  const [whole, twice] = [BigInt(from), 2n];
  return Number((BigInt(rate) * BigInt(to) * twice + whole) / (whole * twice));
}
