import type { BudgetHold, BudgetTaking, CallNote, HoldEnd } from '@gatehouse/counters';
import type { GateExchange } from '../exchange.ts';
import { lostLine } from '../exchange-line.ts';
import type { House } from '../house.ts';
import type { ChargedBudget } from './ai-budgets.ts';
import type { AiFacts } from './ai-facts.ts';

/** Whom something is asked of that costs money. */
export interface Payee {
  readonly provider: string;
  /** The provider's name of the model. */
  readonly providerModel: string;
}

/** What was paid or set aside. */
interface Item {
  readonly payee: Payee;
  readonly micros: number;
}

interface Held extends Item {
  readonly hold: BudgetHold;
}

/** The record of what was set aside and not settled has no price list to name. */
export const RESERVED = 'reserved';

/**
 * The bill of one call: what was paid to whom, and what is set aside for what is under way. Each change of a budget goes
 * to the journal together with the record that the call would leave if the process died now, and the last one together
 * with the record that it does leave. So records and budgets say the same, whenever it dies.
 */
export class AiTab {
  readonly #exchange: GateExchange;
  readonly #house: House;
  /** Its number in the journal. */
  #call: number | undefined;
  // Lists of one, nearly always.
  readonly #paid: Item[] = [];
  #held: readonly Held[] = NOTHING;
  /** Who was asked last. */
  #payee: Payee | undefined;
  #asked = 0;
  /** The call is over: what is settled now is written together with its record. */
  #ending = false;
  #closed = false;
  #ends: HoldEnd[] = [];

  constructor(exchange: GateExchange, house: House) {
    this.#exchange = exchange;
    this.#house = house;
  }

  /** Somebody is asked. */
  ask(payee: Payee): void {
    this.#payee = payee;
    this.#asked++;
  }

  reserve(charged: readonly ChargedBudget[], { micros, payee }: { micros: number; payee: Payee }): BudgetTaking {
    const item = { payee, micros: Math.ceil(micros) };
    const note = (): CallNote => this.#note(item);
    const taking = this.#house.budgets.reserve(charged, { micros, nowMs: this.#house.clock.now(), note });
    if (!taking.allowed) return taking;
    this.ask(payee);
    this.#held = [...this.#held, { ...item, hold: taking.hold }];
    return taking;
  }

  /** What it did cost; undefined: nobody knows, and nothing was set aside for it. */
  pay(payee: Payee, { hold, microUsd }: { hold: BudgetHold | undefined; microUsd: number | undefined }): void {
    if (this.#closed) return;
    if (microUsd !== undefined) this.#paid.push({ payee, micros: microUsd });
    if (hold !== undefined) this.#settle({ hold, micros: microUsd ?? 0 });
  }

  /** It has cost nothing. */
  release(hold: BudgetHold): void {
    if (!this.#closed) this.#settle({ hold, micros: 0 });
  }

  #settle(end: HoldEnd): void {
    this.#held = this.#held.length === 1 ? NOTHING : this.#held.filter(({ hold }) => hold !== end.hold);
    if (this.#ending) this.#ends.push(end);
    else this.#house.budgets.end([end], this.#note());
  }

  /** From here on nothing is written but the end. */
  ending(): void {
    this.#ending = true;
  }

  /** The bill as the record has it. Nobody waits for what is still under way: it has cost what was set aside for it. */
  close(facts: AiFacts): AiFacts {
    for (const { payee, hold, micros } of this.#held) this.pay(payee, { hold, microUsd: micros });
    this.#closed = true;
    const costMicroUsd = total(this.#paid) ?? facts.costMicroUsd;
    return { ...facts, costMicroUsd, costElsewhere: elsewhere(this.#paid, facts.provider) };
  }

  /** The thread is about to end: what is set aside is not settled any more, and so it is spent. */
  giveUp(): void {
    this.#exchange.ai = this.#lostFacts();
    this.#closed = true;
  }

  /** With the record of the call. False when it was not taken over, and is to be recorded by whoever calls. */
  end(line: string): boolean {
    if (this.#asked === 0) return false;
    return this.#house.budgets.end(this.#ends, { call: this.#number(), final: true, line });
  }

  #number(): number {
    return (this.#call ??= this.#house.budgets.newCall());
  }

  #note(more?: Item): CallNote {
    const { worker, clock } = this.#house;
    const facts = { worker, nowMs: clock.monotonic(), ai: this.#lostFacts(more) };
    return { call: this.#number(), final: false, line: lostLine(this.#exchange, facts) };
  }

  /** As though all that is under way cost what is set aside for it. */
  #lostFacts(more?: Item): AiFacts | undefined {
    const { ai } = this.#exchange;
    if (ai === undefined) return undefined;
    const items = [...this.#paid, ...this.#held, ...(more === undefined ? NOTHING : [more])];
    const { provider, providerModel: model } = more?.payee ?? this.#payee ?? {};
    return {
      ...ai,
      provider,
      model,
      attempts: more === undefined ? this.#asked : this.#asked + 1,
      usageState: 'partial',
      costMicroUsd: total(items),
      costElsewhere: elsewhere(items, provider),
      priceVersion: items.length === 0 ? undefined : RESERVED,
    };
  }
}

const NOTHING: readonly never[] = [];

/** Undefined when nothing was paid, which is not the same as 0. */
function total(items: readonly Item[]): number | undefined {
  return items.length === 0 ? undefined : items.reduce((sum, { micros }) => sum + micros, 0);
}

function elsewhere(items: readonly Item[], here: string | undefined): string | undefined {
  if (items.every(({ payee, micros }) => payee.provider === here || micros === 0)) return undefined;
  const sums = new Map<string, number>();
  for (const { payee, micros } of items)
    if (payee.provider !== here && micros > 0) sums.set(payee.provider, (sums.get(payee.provider) ?? 0) + micros);
  return [...sums].map(([provider, micros]) => `${provider}:${micros}`).join(', ');
}
