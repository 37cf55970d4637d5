import {
  costOf,
  Untranslatable,
  upperBound,
  type Asked,
  type Extras,
  type ModelFacts,
  type OverriddenCatalogue,
  type Usage,
} from '@gatehouse/ai';
import type { BudgetHold, BudgetVerdict } from '@gatehouse/counters';
import type { ErrorCode } from '@gatehouse/kernel';
import type { House } from '../house.ts';
import type { AiBudgets, ChargedBudget, ChargedTo } from './ai-budgets.ts';
import type { AiFacts } from './ai-facts.ts';

/** Where one attempt goes, as far as money is concerned. */
export interface Priced extends ChargedTo {
  readonly kind: string;
  /** The provider's name of the model. */
  readonly providerModel: string;
  readonly free: boolean;
  readonly asked: () => Asked;
}

export interface PurseRefusal {
  readonly code: ErrorCode;
  readonly detail: string;
  /** Infinity when waiting does not help. */
  readonly retryAfterMs: number;
}

export interface Spent {
  readonly microUsd: number | undefined;
  readonly priceVersion: string | undefined;
}

const NOTHING_SPENT: Spent = { microUsd: undefined, priceVersion: undefined };

/** The money of one call: what it may cost is reserved before it is sent, and settled with what it did cost. */
export class AiPurse {
  readonly #house: House;
  readonly #budgets: AiBudgets;
  readonly #catalogue: OverriddenCatalogue;
  #charged: readonly ChargedBudget[] = [];
  #verdicts: readonly BudgetVerdict[] = [];
  #hold: BudgetHold | undefined;
  #facts: ModelFacts | undefined;
  #free = false;
  #ask: (() => Asked) | undefined;
  #asked: Asked | undefined;

  constructor(house: House, budgets: AiBudgets, catalogue: OverriddenCatalogue) {
    this.#house = house;
    this.#budgets = budgets;
    this.#catalogue = catalogue;
  }

  /** Undefined when the attempt may be sent. */
  reserve(attempt: Priced): PurseRefusal | undefined {
    const nowMs = this.#house.clock.now();
    this.release();
    const { provider, kind, providerModel: model } = attempt;
    this.#free = attempt.free;
    this.#ask = attempt.asked;
    this.#facts = attempt.free ? undefined : this.#catalogue.facts({ provider, kind, model }, nowMs);
    this.#charged = this.#budgets.none ? [] : this.#budgets.of(attempt);
    if (this.#charged.length === 0) return undefined;
    this.#asked = attempt.asked();
    const bound = attempt.free ? 0 : upperBound(this.#asked, this.#facts);
    if (bound === undefined && this.#charged.some(({ budget }) => budget.warning !== true)) {
      const detail = `the price of \`${model}\` is not known, so no budget can be kept; give it one under ai.prices`;
      return { code: 'limit.budget', detail, retryAfterMs: Infinity };
    }
    const taking = this.#house.budgets.reserve(this.#charged, bound ?? 0, nowMs);
    if (!taking.allowed) return this.#refused(taking.refused, taking.at);
    this.#hold = taking.hold;
    this.#verdicts = taking.verdicts;
    return undefined;
  }

  #refused({ refusal, resetMs }: BudgetVerdict, at: number): PurseRefusal {
    const of = this.#charged[at]?.of ?? 'all';
    if (refusal !== 'exhausted') {
      return { code: 'route.unavailable', detail: 'spending cannot be written down', retryAfterMs: Infinity };
    }
    const whose = of === 'all' ? 'all calls' : `this ${of}`;
    return { code: 'limit.budget', detail: `the budget of ${whose} has no room for this call`, retryAfterMs: resetMs };
  }

  /** The attempt brought nothing that anybody pays for. */
  release(): void {
    if (this.#hold !== undefined) this.#house.budgets.release(this.#hold);
    this.#hold = undefined;
  }

  /** `usage` as it was told or, for what broke off, as much of it as went by; undefined: nobody knows. */
  settle(usage: Usage | undefined, extras?: Extras): Spent {
    const cost = usage && costOf(usage, this.#facts, extras);
    const microUsd = this.#free ? 0 : cost?.microUsd;
    // What it cost is not known: then it cost what was set aside.
    if (this.#hold !== undefined) this.#house.budgets.settle(this.#hold, microUsd ?? Infinity);
    this.#hold = undefined;
    if (microUsd === undefined) return NOTHING_SPENT;
    return { microUsd, priceVersion: this.#free ? 'free' : cost?.priceVersion };
  }

  /** About how long the prompt was, where the vendor does not say. */
  get inputTokens(): number {
    try {
      this.#asked ??= this.#ask?.();
    } catch (error) {
      // What goes on untouched may be more than we can read.
      if (!(error instanceof Untranslatable)) throw error;
    }
    return this.#asked?.inputTokensEstimate ?? 0;
  }

  /** What is left, in US dollars, as the caller is told. */
  get header(): string | undefined {
    if (this.#verdicts.length === 0) return undefined;
    const told = this.#verdicts.map(({ remainingMicros, exceeded }, index) => {
      const { of, per, budget } = this.#charged[index] ?? { of: 'all', per: 'total', budget: { limitMicros: 0 } };
      return `${of};per=${per};limit=${usd(budget.limitMicros)};left=${usd(remainingMicros)}${exceeded ? ';exceeded' : ''}`;
    });
    return told.join(', ');
  }
}

function usd(micros: number): string {
  return (Math.max(0, micros) / 1e6).toFixed(6);
}

/** What reached the caller is paid for, whoever broke off; a vendor that does not tell is estimated. */
export function settleFacts(facts: AiFacts, purse: AiPurse): void {
  if (facts.usage === undefined && !facts.unmetered) {
    facts.usage = { inputUncached: purse.inputTokens, outputText: facts.outputTokensSeen };
    facts.usageState = 'estimated';
  } else if (facts.usage !== undefined && facts.usageState === 'partial') {
    facts.usage = withOutput(facts.usage, facts.outputTokensSeen);
  }
  const { microUsd, priceVersion } = purse.settle(facts.usage, facts.extras);
  facts.costMicroUsd = microUsd;
  facts.priceVersion = priceVersion;
}

/** Some vendors count at the start of a stream and then only at its end, which never came. */
function withOutput(usage: Usage, tokensSeen: number): Usage {
  return { ...usage, outputText: Math.max(usage.outputText, tokensSeen - (usage.reasoning ?? 0)) };
}
