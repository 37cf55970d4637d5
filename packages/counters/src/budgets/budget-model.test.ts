import fc from 'fast-check';
import { hash64 } from '@gatehouse/kernel';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { budgetProcess, type BudgetProcess } from '../testing/budget-process.ts';
import { openBudgetLedger, type BudgetLedger } from './budget-ledger.ts';
import { createBudgetMemory } from './budget-memory.ts';
import type { BudgetHold } from './budget-hold.ts';
import { budgetSpan, type BudgetPeriod } from './budget-period.ts';
import type { BudgetEntry } from './budget.ts';
import { ENTRY_BYTES } from './journal-entry.ts';

const OWNERS = 3;
const START = Date.UTC(2028, 1, 27, 22);

type Step =
  | {
      readonly do: 'reserve';
      readonly owner: number;
      readonly entries: readonly BudgetEntry[];
      readonly micros: number;
    }
  | { readonly do: 'settle'; readonly pick: number; readonly share: number }
  | { readonly do: 'add'; readonly owner: number; readonly entries: readonly BudgetEntry[]; readonly micros: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'die'; readonly owner: number }
  | { readonly do: 'fold' }
  | { readonly do: 'restart' };

const entry: fc.Arbitrary<BudgetEntry> = fc.record({
  key: fc.constantFrom('a', 'b').map(hash64),
  budget: fc.record({
    limitMicros: fc.constantFrom(0, 50, 300, 1000, 2 ** 53),
    per: fc.constantFrom<BudgetPeriod>('hour', 'day', 'week', 'month', 'total'),
    warning: fc.boolean(),
  }),
});
const entries = fc.array(entry, { minLength: 1, maxLength: 4 });
const owner = fc.integer({ min: 1, max: OWNERS });
const micros = fc.oneof({ arbitrary: fc.nat(200), weight: 9 }, { arbitrary: fc.nat(2 ** 40), weight: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('reserve'), owner, entries, micros }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('settle'), pick: fc.nat(99), share: fc.constantFrom(0, 0.3, 1, 1.5) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('add'), owner, entries, micros }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.oneof(fc.nat(7_200_000), fc.nat(86_400_000)) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('die'), owner }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fold') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart') }) },
);

interface Account {
  spent: number;
  reserved: number;
}

/** A ledger as anyone would write it who has one thread and no disk. */
class Model {
  readonly #accounts = new Map<string, Account>();

  account({ key, budget }: BudgetEntry, nowMs: number): Account {
    const name = `${key.low} ${budgetSpan(budget.per, nowMs).kind}`;
    const account = this.#accounts.get(name) ?? { spent: 0, reserved: 0 };
    this.#accounts.set(name, account);
    return account;
  }

  /** Index of the entry that refuses; undefined when all have reserved. */
  reserve(asked: readonly BudgetEntry[], amount: number, nowMs: number): number | undefined {
    const taken = new Set<Account>();
    for (const [index, one] of asked.entries()) {
      const account = this.account(one, nowMs);
      const more = taken.has(account) ? 0 : amount;
      if (!one.budget.warning && account.spent + account.reserved + more > one.budget.limitMicros) {
        for (const each of taken) each.reserved -= amount;
        return index;
      }
      account.reserved += more;
      taken.add(account);
    }
    return undefined;
  }
}

interface Call {
  readonly owner: number;
  readonly amount: number;
  readonly accounts: ReadonlySet<Account>;
  readonly hold: BudgetHold;
}

/** The ledger under test, and the model beside it. */
class Rig {
  readonly #dir: string | undefined;
  readonly #model = new Model();
  #process: BudgetProcess | undefined;
  #ledgers: BudgetLedger[] = [];
  #calls: Call[] = [];
  #nowMs = START;

  constructor(dir: string | undefined) {
    this.#dir = dir;
    this.#open();
  }

  #open(): void {
    if (this.#dir === undefined) {
      const memory = createBudgetMemory({ owners: OWNERS + 1, slots: 512 });
      this.#ledgers = Array.from({ length: OWNERS + 1 }, (_, number) => openBudgetLedger(memory, { owner: number }));
      return;
    }
    const opened = budgetProcess(this.#dir, this.#nowMs);
    this.#process = opened;
    this.#ledgers = [opened.main];
    for (let number = 1; number <= OWNERS; number++) this.#start(number);
  }

  #start(number: number): void {
    const worker = this.#process?.worker(number, { fileBytesMax: 10 * ENTRY_BYTES });
    if (worker !== undefined) this.#ledgers[number] = worker;
  }

  #ledger(number: number): BudgetLedger {
    const ledger = this.#ledgers[number];
    if (ledger === undefined) throw new Error('no such thread');
    return ledger;
  }

  take(next: Step): void {
    if (next.do === 'reserve') this.#reserve(next);
    else if (next.do === 'settle') this.#settle(next);
    else if (next.do === 'add') {
      this.#ledger(next.owner).add(next.entries, next.micros, this.#nowMs);
      for (const one of next.entries) this.#model.account(one, this.#nowMs).spent += next.micros;
    } else if (next.do === 'wait') this.#nowMs += next.ms;
    else if (next.do === 'die') this.#die(next.owner);
    else if (next.do === 'fold') this.#process?.books.fold(this.#nowMs);
    else this.#restart();
  }

  #reserve({ owner: number, entries: asked, micros: amount }: Extract<Step, { do: 'reserve' }>): void {
    const taking = this.#ledger(number).reserve(asked, { micros: amount, nowMs: this.#nowMs });
    expect(taking.allowed ? undefined : taking.at).toBe(this.#model.reserve(asked, amount, this.#nowMs));
    this.check(asked);
    if (!taking.allowed) return;
    const accounts = new Set(asked.map((one) => this.#model.account(one, this.#nowMs)));
    this.#calls.push({ owner: number, amount, accounts, hold: taking.hold });
  }

  #settle({ pick, share }: Extract<Step, { do: 'settle' }>): void {
    const [call] = this.#calls.splice(pick % (this.#calls.length || 1), 1);
    if (call === undefined) return;
    const actual = Math.ceil(call.amount * share);
    this.#ledger(call.owner).settle(call.hold, actual);
    for (const account of call.accounts) {
      account.reserved -= call.amount;
      account.spent += actual;
    }
  }

  #lose(lost: (call: Call) => boolean): void {
    for (const { amount, accounts } of this.#calls.filter(lost)) {
      for (const account of accounts) {
        account.reserved -= amount;
        account.spent += amount;
      }
    }
    this.#calls = this.#calls.filter((call) => !lost(call));
  }

  #die(number: number): void {
    this.#ledger(0).settleDead(number);
    this.#start(number);
    this.#lose((call) => call.owner === number);
  }

  #restart(): void {
    if (this.#dir === undefined) return;
    this.#open();
    this.#lose(() => true);
  }

  check(asked: readonly BudgetEntry[]): void {
    for (const one of asked) {
      const { spent, reserved } = this.#model.account(one, this.#nowMs);
      const left = one.budget.limitMicros - spent - reserved;
      expect(this.#ledger(0).look(one.key, one.budget, this.#nowMs)).toMatchObject({
        spentMicros: spent,
        reservedMicros: reserved,
        remainingMicros: Math.max(0, left),
        allowed: one.budget.warning === true || left > 0,
        exceeded: left <= 0,
      });
    }
  }
}

const steps = fc.array(step, { maxLength: 120, size: 'max' });
const ALL: readonly BudgetEntry[] = ['a', 'b'].flatMap((name) =>
  (['hour', 'day', 'week', 'month', 'total'] as const).map((per) => ({
    key: hash64(name),
    budget: { limitMicros: 500, per },
  })),
);

describe('a ledger agrees with a simple model after every step', () => {
  it('in memory', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const rig = new Rig(undefined);
        for (const next of taken) rig.take(next);
        rig.check(ALL);
      }),
      { numRuns: 200 },
    );
  });

  it('with journals, over restarts and folds', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const dir = mkdtempSync(path.join(tmpdir(), 'gatehouse-counters-'));
        try {
          const rig = new Rig(dir);
          for (const next of taken) rig.take(next);
          rig.check(ALL);
          rig.take({ do: 'restart' });
          rig.check(ALL);
        } finally {
          rmSync(dir, { recursive: true });
        }
      }),
      { numRuns: 100 },
    );
  });
});
