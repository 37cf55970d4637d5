import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import type { AnalyticsStore } from '../analytics-store.ts';
import { verifyLedgerLines } from '../ledger/ledger-lines.ts';
import type { LedgerStore, LedgerSumsQuery, LedgerSumsRow, ModelRates } from '../ledger/ledger-store.ts';
import { ratedMicroUsd, ratesVersion, type TokenRates } from '../ledger/rating.ts';
import type { KeptRecord } from '../query/matches.ts';
import { linesOf, sampleCalls } from './sample-calls.ts';

const DAY_MS = 86_400_000;
const FROM_MS = Date.parse('2026-11-24T21:17:13.456Z');
const ALL = { fromMs: FROM_MS, toMs: FROM_MS + 2 * DAY_MS };
const COUNT = 1200;
const NODES = ['gate-0', 'gate-1'];

export interface OpenedLedger {
  readonly store: AnalyticsStore & { readonly ledger: LedgerStore };
  /** Opens it again, as after a restart. */
  readonly reopen: () => Promise<AnalyticsStore & { readonly ledger: LedgerStore }>;
}

interface Filled extends OpenedLedger {
  readonly records: readonly KeptRecord[];
  readonly priced: readonly KeptRecord[];
}

const isPriced = ({ aiCostMicroUsd }: KeptRecord): boolean => aiCostMicroUsd !== undefined;
const costOf = (records: readonly KeptRecord[]): bigint =>
  records.reduce((sum, { aiCostMicroUsd = 0 }) => sum + BigInt(aiCostMicroUsd), 0n);
const totalOf = (rows: readonly LedgerSumsRow[]): bigint => rows.reduce((sum, row) => sum + row.costMicroUsd, 0n);
const everything: LedgerSumsQuery = { period: ALL, where: [], by: [] };

/** What every store of a ledger does. `open` gives an empty one that the test need not close. */
export function ledgerContract(open: () => Promise<OpenedLedger>): void {
  const filled = async (): Promise<Filled> => {
    const opened = await open();
    const records = sampleCalls({ count: COUNT, ...ALL }).map((record, at) => ({ ...record, node: `gate-${at % 2}` }));
    for (const node of NODES) {
      const own = records.filter((record) => record.node === node);
      for (const [at, part] of [own.slice(0, 200), own.slice(200)].entries())
        await opened.store.append({ node, lines: linesOf(part), next: { sequence: 1, offset: at }, holes: [] });
    }
    return { ...opened, records, priced: records.filter(isPriced) };
  };
  const heads = async (store: OpenedLedger['store']) => (await store.ledger.verify({ kept: [] })).heads;

  it('has a row for each call that has a cost, also of nothing, and comes to the same', async () => {
    const { store, priced } = await filled();
    const [sample] = priced;
    if (sample === undefined) expect.fail('no sample');
    const free = { ...sample, id: 'free', aiCostMicroUsd: 0, aiPriceVersion: 'free' };
    await store.append({ node: 'gate-0', lines: linesOf([free]), next: { sequence: 2, offset: 0 }, holes: [] });
    const [all] = await store.ledger.sums(everything);
    expect(all).toMatchObject({ calls: BigInt(priced.length + 1), costMicroUsd: costOf(priced), reratedMicroUsd: 0n });
    expect((await store.ledger.verify({ kept: [] })).rows).toBe(priced.length + 1);
  });

  it('agrees with the sums of records', async () => {
    const { store } = await filled();
    const { rows } = await store.aggregate({
      period: ALL,
      where: [],
      by: ['provider', 'model'],
      metrics: ['costMicroUsd', 'inputTokens', 'cachedTokens', 'outputTokens', 'reasoningTokens'],
    });
    const ledger = await store.ledger.sums({ ...everything, by: ['provider', 'model'] });
    const told = rows.filter(({ key }) => key.provider !== '').map(({ key, values }) => [key, values]);
    const ours = ledger.map(({ key, costMicroUsd, inputTokens, cachedTokens, outputTokens, reasoningTokens }) => {
      const sums = { costMicroUsd, inputTokens, cachedTokens, outputTokens, reasoningTokens };
      return [key, Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, Number(value)]))];
    });
    expect(ours).toEqual(told);
    expect(ours.length).toBe(4);
  });

  it('is told apart by what is asked, by day, and by whose calls they are', async () => {
    const { store, priced } = await filled();
    const { ledger } = store;
    const days = await ledger.sums({ ...everything, by: ['team', 'application'], stepMs: DAY_MS });
    expect(totalOf(days)).toBe(costOf(priced));
    expect(new Set(days.map(({ atMs }) => (atMs ?? 1) % DAY_MS))).toEqual(new Set([0]));
    const where = [{ dimension: 'provider', values: ['openai'] }] as const;
    expect(totalOf(await ledger.sums({ ...everything, where }))).toBe(
      costOf(priced.filter(({ aiProvider }) => aiProvider === 'openai')),
    );
    const scope = { apis: [], applications: ['web'], prefixes: [] };
    expect(totalOf(await ledger.sums({ ...everything, scope }))).toBe(
      costOf(priced.filter(({ application }) => application === 'web')),
    );
    expect(totalOf(await ledger.sums({ ...everything, scope: { apis: [], applications: [], prefixes: [] } }))).toBe(0n);
    const half = { fromMs: ALL.fromMs, toMs: ALL.fromMs + DAY_MS };
    expect(totalOf(await ledger.sums({ ...everything, period: half }))).toBe(
      costOf(priced.filter(({ time }) => time < half.toMs)),
    );
  });

  it('is a chain for each gate, which goes on after a restart', async () => {
    const { store, reopen, priced } = await filled();
    const before = await heads(store);
    expect(before.map(({ node }) => node)).toEqual(NODES);
    const again = await reopen();
    expect(await again.ledger.verify({ kept: before.map(({ hash }) => hash) })).toEqual({
      rows: priced.length,
      heads: before,
      problem: undefined,
    });
    const more = sampleCalls({ count: 50, ...ALL, seed: 5 });
    await again.append({ node: 'gate-1', lines: linesOf(more), next: { sequence: 3, offset: 0 }, holes: [] });
    const kept = before.map(({ hash }) => hash);
    const after = await again.ledger.verify({ kept });
    expect(after.problem).toBeUndefined();
    expect(after.rows).toBeGreaterThan(priced.length);
    const unknown = await again.ledger.verify({ kept: ['f'.repeat(64)] });
    expect(unknown.problem?.what).toContain('no row has the hash ffff');
  });

  it('is taken away as lines that are verified offline', async () => {
    const { store, priced } = await filled();
    const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-ledger-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'export');
    const { rows, bytes, heads: told } = await store.ledger.export({ file });
    const text = readFileSync(file, 'utf8');
    expect([rows, bytes]).toEqual([priced.length, Buffer.byteLength(text)]);
    const verdict = await verifyLedgerLines(text.trimEnd().split('\n'));
    expect(verdict).toEqual({ rows, heads: told, problem: undefined });
    expect(told).toEqual(await heads(store));
  });

  it('keeps any texts and numbers that a record may hold', async () => {
    const { store } = await open();
    const [sample] = sampleCalls({ count: 1, ...ALL });
    if (sample === undefined) expect.fail('no sample');
    const odd = ['', '\u0000', 'a"b\\', '\u2028\u2029', '\u{1f512}', '\ud800', "'; DROP TABLE ledger", '\r\n', 'null'];
    const base = { ...sample, aiCostMicroUsd: Number.MAX_SAFE_INTEGER };
    const records = odd.map((text) => ({ ...base, team: text, application: text, aiModel: text, aiProvider: text }));
    await store.append({ node: 'gate"\n', lines: linesOf(records), next: { sequence: 1, offset: 0 }, holes: [] });
    const kept = BigInt((await store.facts()).records);
    expect(kept).toBeGreaterThanOrEqual(8n);
    const [sums] = await store.ledger.sums(everything);
    expect(sums).toMatchObject({ calls: kept, costMicroUsd: kept * BigInt(Number.MAX_SAFE_INTEGER) });
    expect(await store.ledger.verify({ kept: [] })).toMatchObject({ rows: Number(kept), problem: undefined });
  });

  const rate = fc.nat({ max: 20_000_000 });
  const rates: fc.Arbitrary<TokenRates> = fc.record({
    input: rate,
    cached: rate,
    output: rate,
    reasoning: rate,
    perRequest: rate,
  });
  const price = fc.record({
    provider: fc.constantFrom('openai', 'anthropic', 'nobody'),
    model: fc.constantFrom('small', 'large'),
    rates,
  });

  it('comes to what the last prices say, whatever it was rated by before', async () => {
    const { store, priced } = await filled();
    const current = new Map(priced.map((record) => [record, record.aiCostMicroUsd ?? 0]));
    let written = priced.length;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(price, { selector: (each) => `${each.provider}/${each.model}` }),
        async (list) => {
          const prices = list.map((each): ModelRates => ({ ...each, priceVersion: ratesVersion(each.rates) }));
          const order = { period: ALL, where: [], prices, ratedMs: FROM_MS, dryRun: false };
          const planned = await store.ledger.rerate({ ...order, dryRun: true });
          expect(await store.ledger.rerate(order)).toEqual(planned);
          written += planned.reduce((sum, { calls }) => sum + calls, 0);
          for (const record of priced) {
            const by = list.find(({ provider, model }) => provider === record.aiProvider && model === record.aiModel);
            if (by !== undefined) current.set(record, ratedMicroUsd(tokensOf(record), by.rates) ?? -1);
          }
          const expected = [...current.values()].reduce((sum, cost) => sum + BigInt(cost), 0n);
          const [sums] = await store.ledger.sums(everything);
          expect(sums).toMatchObject({ calls: BigInt(priced.length), costMicroUsd: expected });
          expect(sums?.reratedMicroUsd).toBe(expected - costOf(priced));
          const again = await store.ledger.rerate(order);
          expect(again.map(({ calls }) => calls)).toEqual(list.map(() => 0));
          expect(await store.ledger.verify({ kept: [] })).toMatchObject({ rows: written, problem: undefined });
        },
      ),
      { numRuns: 15 },
    );
    expect(written).toBeGreaterThan(priced.length);
  });

  it('rates nothing again of which nobody knows what it used, and nothing outside of what is asked', async () => {
    const { store, priced } = await filled();
    const [sample] = priced;
    if (sample === undefined) expect.fail('no sample');
    const unknown = { ...sample, aiProvider: 'x', aiModel: 'y', aiInputTokens: undefined, aiOutputTokens: undefined };
    await store.append({ node: 'gate-0', lines: linesOf([unknown]), next: { sequence: 2, offset: 0 }, holes: [] });
    const free = { input: 0, cached: 0, output: 0, reasoning: 0 };
    const of = (provider: string, model: string): ModelRates => ({
      provider,
      model,
      rates: free,
      priceVersion: 'free',
    });
    const order = { period: ALL, where: [], ratedMs: 1, dryRun: false, prices: [of('x', 'y'), of('openai', 'small')] };
    const where = [{ dimension: 'application', values: ['web'] }] as const;
    const [none, some] = await store.ledger.rerate({ ...order, where });
    const webs = priced.filter(
      ({ application, aiProvider, aiModel }) => application === 'web' && aiProvider === 'openai' && aiModel === 'small',
    );
    expect(some).toMatchObject({ calls: webs.length, beforeMicroUsd: costOf(webs), afterMicroUsd: 0n });
    expect(none).toMatchObject({ calls: 0, unrated: sample.application === 'web' ? 1 : 0 });
    const [rest, others] = await store.ledger.rerate(order);
    expect(rest).toMatchObject({ calls: 0, unrated: 1 });
    expect(others).toMatchObject({ unchanged: webs.length });
  });
}

function tokensOf(record: KeptRecord) {
  return {
    inputTokens: record.aiInputTokens ?? null,
    cachedTokens: record.aiCachedTokens ?? null,
    outputTokens: record.aiOutputTokens ?? null,
    reasoningTokens: record.aiReasoningTokens ?? null,
  };
}
