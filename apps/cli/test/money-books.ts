import path from 'node:path';
import { spentIn } from '@gatehouse/counters/testing';
import { hash64 } from '@gatehouse/kernel';
import type { ExchangeRecord } from '@gatehouse/record';
import { tailRecords } from '@gatehouse/record/spool';

/** Budgets of the gate under test: whose, and which part of a record's cost they are charged. All are for good. */
const BUDGETS: Readonly<Record<string, (record: ExchangeRecord) => number>> = {
  'all\n': costOf,
  'application\na': (record) => (record.application === 'a' ? costOf(record) : 0),
  'application\nb': (record) => (record.application === 'b' ? costOf(record) : 0),
  'application\nc': (record) => (record.application === 'c' ? costOf(record) : 0),
  'team\nt': (record) => (record.team === 't' ? costOf(record) : 0),
  'credential\nc/k': (record) => (record.credential === 'k' && record.application === 'c' ? costOf(record) : 0),
  'model\nm': (record) => (record.aiModelAsked === 'm' ? costOf(record) : 0),
  'model\nn': (record) => (record.aiModelAsked === 'n' ? costOf(record) : 0),
  'provider\none': (record) => costAt('one', record),
  'provider\ntwo': (record) => costAt('two', record),
};

/** As they are written in the configuration. */
export const BUDGETS_YAML = `
    - { of: all, usd: 1000, per: total }
    - { of: all, usd: 0.01, per: total, mode: warning }
    - { of: application, usd: 1000, per: total }
    - { of: application, name: b, usd: 0.05, per: total }
    - { of: team, name: t, usd: 1000, per: total }
    - { of: credential, usd: 0.01, per: total, mode: warning }
    - { of: model, usd: 1000, per: total }
    - { of: provider, usd: 1000, per: total }
`;

function costOf({ aiCostMicroUsd = 0 }: ExchangeRecord): number {
  return aiCostMicroUsd;
}

function costAt(provider: string, record: ExchangeRecord): number {
  const elsewhere = new Map(
    (record.aiCostElsewhere ?? '').split(', ').map((part): [string, number] => {
      const [name = '', micros = '0'] = part.split(':');
      return [name, Number(micros)];
    }),
  );
  if (record.aiProvider !== provider) return elsewhere.get(provider) ?? 0;
  return [...elsewhere.values()].reduce((rest, micros) => rest - micros, costOf(record));
}

export async function recordsIn(dataDir: string): Promise<ExchangeRecord[]> {
  const records: ExchangeRecord[] = [];
  for await (const item of tailRecords(path.join(dataDir, 'records')))
    if (item.kind === 'record') records.push(item.record);
  return records;
}

/** By budget: what the records say, and what the budgets' own files say. */
export function booksOf(
  dataDir: string,
  records: readonly ExchangeRecord[],
): { readonly recorded: Readonly<Record<string, number>>; readonly spent: Readonly<Record<string, number>> } {
  const names = Object.keys(BUDGETS);
  const recorded = Object.entries(BUDGETS).map(([name, part]) => [
    name,
    records.reduce((sum, record) => sum + part(record), 0),
  ]);
  const entries = names.map((name) => ({
    key: hash64(`budget\n${name}\ntotal`),
    budget: { limitMicros: 1e9, per: 'total' } as const,
  }));
  const spent = spentIn(path.join(dataDir, 'budgets'), entries, Date.now());
  return {
    recorded: Object.fromEntries(recorded),
    spent: Object.fromEntries(names.map((name, index) => [name, spent[index] ?? Number.NaN])),
  };
}
