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
import { RESERVED, type AiTab, type Payee } from './ai-tab.ts';

/** Where one attempt goes, as far as money is concerned. */
export interface Priced extends ChargedTo, Payee {
  readonly kind: string;
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

export interface PurseParts {
  readonly house: House;
  readonly budgets: AiBudgets;
  readonly catalogue: OverriddenCatalogue;
}

/** The money of one try: what it may cost is reserved before it is sent, and settled with what it did cost. */
export class AiPurse {
  readonly #tab: AiTab;
  readonly #parts: PurseParts;
  #charged: readonly ChargedBudget[] = [];
  #verdicts: readonly BudgetVerdict[] = [];
  #hold: BudgetHold | undefined;
  #reservedMicros = 0;
  #payee: Payee | undefined;
  #facts: ModelFacts | undefined;
  #free = false;
  #ask: (() => Asked) | undefined;
  #asked: Asked | undefined;
  /** Nothing is paid for twice. */
  #spent: Spent | undefined;

  constructor(tab: AiTab, parts: PurseParts) {
    this.#tab = tab;
    this.#parts = parts;
  }

  /** Undefined when the attempt may be sent. To be called once. */
  reserve(attempt: Priced): PurseRefusal | undefined {
    const { house, budgets, catalogue } = this.#parts;
    const { provider, kind, providerModel: model } = attempt;
    this.#payee = attempt;
    this.#free = attempt.free;
    this.#ask = attempt.asked;
    this.#facts = attempt.free ? undefined : catalogue.facts({ provider, kind, model }, house.clock.now());
    this.#charged = budgets.none ? [] : budgets.of(attempt);
    if (this.#charged.length === 0) {
      this.#tab.ask(attempt);
      return undefined;
    }
    this.#asked = attempt.asked();
    const bound = attempt.free ? 0 : upperBound(this.#asked, this.#facts);
    if (bound === undefined && this.#charged.some(({ budget }) => budget.warning !== true)) {
      const detail = `the price of \`${model}\` is not known, so no budget can be kept; give it one under ai.prices`;
      return { code: 'limit.budget', detail, retryAfterMs: Infinity };
    }
    const taking = this.#tab.reserve(this.#charged, { micros: bound ?? 0, payee: attempt });
    if (!taking.allowed) return this.#refused(taking.refused, taking.at);
    this.#hold = taking.hold;
    this.#reservedMicros = Math.ceil(bound ?? 0);
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
    if (this.#spent !== undefined) return;
    this.#spent = NOTHING_SPENT;
    if (this.#hold !== undefined) this.#tab.release(this.#hold);
  }

  /** `usage` as it was told or, for what broke off, as much of it as went by; undefined: nobody knows. */
  settle(usage: Usage | undefined, extras?: Extras): Spent {
    if (this.#spent !== undefined) return this.#spent;
    this.#spent = this.#costOf(usage, extras);
    if (this.#payee !== undefined) this.#tab.pay(this.#payee, { hold: this.#hold, microUsd: this.#spent.microUsd });
    return this.#spent;
  }

  /** What it cost is not known: then it cost what was set aside. */
  #costOf(usage: Usage | undefined, extras: Extras | undefined): Spent {
    if (this.#free) return { microUsd: 0, priceVersion: 'free' };
    const cost = usage && costOf(usage, this.#facts, extras);
    if (cost !== undefined) return cost;
    return this.#reservedMicros > 0 ? { microUsd: this.#reservedMicros, priceVersion: RESERVED } : NOTHING_SPENT;
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

/** What a vendor says that it used is on its bill, whatever came of it. */
export function settleFailed(facts: AiFacts, purse: AiPurse): void {
  if (facts.usage === undefined) purse.release();
  else settleFacts(facts, purse);
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
