import { expect, it } from 'vitest';
import type { Dimension } from '../query/dimensions.ts';
import { isMetric, METRICS, percentileOf, type Metric } from '../query/metrics.ts';
import type { AggregateRow, Aggregates, Aggregation } from '../query/query.ts';
import type { AnalyticsStore } from '../analytics-store.ts';
import type { KeptRecord } from '../query/matches.ts';
import { plainAggregate } from './plain-answers.ts';
import { linesOf, sampleCalls } from './sample-calls.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Not at midnight: periods begin and end anywhere. */
const FROM_MS = Date.parse('2026-11-24T21:17:13.456Z');
const TO_MS = FROM_MS + 1.3 * DAY_MS;
const ALL = { fromMs: FROM_MS, toMs: TO_MS };
const COUNT = 2000;

export interface OpenedStore {
  readonly store: AnalyticsStore;
  /** Opens it again, as after a restart. */
  readonly reopen: () => Promise<AnalyticsStore>;
}

const metrics: readonly Metric[] = METRICS.filter(isMetric);

/** What every store of records does. `open` gives an empty one that the test need not close. */
export function storeContract(open: () => Promise<OpenedStore>): void {
  const filled = async (): Promise<OpenedStore & { readonly records: readonly KeptRecord[] }> => {
    const opened = await open();
    const records = sampleCalls({ count: COUNT, ...ALL }).map((record, index) => ({
      ...record,
      node: `gate-${index % 2}`,
    }));
    for (const node of ['gate-0', 'gate-1']) {
      const lines = linesOf(records.filter((record) => record.node === node));
      await opened.store.append({ node, lines, next: { sequence: 1, offset: 100 }, holes: [] });
    }
    return { ...opened, records };
  };

  it('keeps records and how far it has read, also over a restart', async () => {
    const { store, reopen } = await filled();
    expect(await store.position('gate-0')).toEqual({ sequence: 1, offset: 100 });
    expect(await store.position('gate-7')).toBeUndefined();
    const again = await reopen();
    expect(await again.position('gate-1')).toEqual({ sequence: 1, offset: 100 });
    expect((await again.facts()).records).toBe(COUNT);
  });

  const asked: readonly (readonly [string, Partial<Aggregation>])[] = [
    ['of everything', {}],
    ['by api', { by: ['api'] }],
    ['by all that a roll-up tells apart', { by: ['api', 'version', 'route'] }],
    ['by what only records tell', { by: ['config', 'upstream'] }],
    ['by status class and cache', { by: ['statusClass', 'cache'] }],
    ['by application, team and plan', { by: ['application', 'team', 'plan'] }],
    [
      'by provider and model',
      { by: ['provider', 'model'], where: [{ dimension: 'provider', values: [''], not: true }] },
    ],
    ['by hour', { stepMs: HOUR_MS }],
    ['by day and node', { stepMs: DAY_MS, by: ['node'] }],
    ['by ten minutes', { stepMs: HOUR_MS / 6, by: ['status'] }],
    ['by seven minutes, which no roll-up fits', { stepMs: 420_000 }],
    ['of one api', { where: [{ dimension: 'api', values: ['users'] }], by: ['status', 'code'] }],
    ['of calls without application', { where: [{ dimension: 'application', values: [''] }] }],
    ['of nothing', { where: [{ dimension: 'api', values: ["it's ; none"] }], by: ['api'] }],
    ['of part of the period', { period: { fromMs: FROM_MS + 5_000_123, toMs: TO_MS - 7_000_321 }, by: ['api'] }],
    ['of what a team may see', { scope: { apis: ['orders'], applications: ['web'], prefixes: [] }, by: ['api'] }],
    ['of a workspace', { scope: { apis: [], applications: [], prefixes: ['other.'] }, by: ['api', 'application'] }],
    [
      'of all but a workspace',
      { scope: { apis: [], applications: [], prefixes: [''], except: ['other.'] }, by: ['api'] },
    ],
    ['of nobody', { scope: { apis: [], applications: [], prefixes: [] } }],
  ];

  it('sums up the same before, while and after it is rolled up', async () => {
    const { store, records } = await filled();
    for (const untilMs of [0, TO_MS - 5 * HOUR_MS, TO_MS + 2 * DAY_MS]) {
      await store.maintain(untilMs);
      for (const [name, query] of asked) {
        const whole: Aggregation = { period: ALL, where: [], metrics, by: [], ...query };
        expectClose(name, { is: await store.aggregate(whole), must: plainAggregate(records, whole), by: whole.by });
      }
    }
  });

  it('rolls up again what comes late', async () => {
    const { store, records } = await filled();
    await store.maintain(TO_MS + 2 * DAY_MS);
    const late = sampleCalls({ count: 300, ...ALL, seed: 9 }).map((record) => ({ ...record, node: 'gate-0' }));
    await store.append({ node: 'gate-0', lines: linesOf(late), next: { sequence: 2, offset: 0 }, holes: [] });
    const whole: Aggregation = { period: ALL, where: [], metrics, by: ['api'] };
    const expected = plainAggregate([...records, ...late], whole);
    expectClose('before', { is: await store.aggregate(whole), must: expected, by: ['api'] });
    await store.maintain(TO_MS + 3 * DAY_MS);
    const is = await store.aggregate(whole);
    expectClose('after', { is, must: expected, by: ['api'] });
    expect(is.source).toBe('days');
  });

  it('gives the largest first', async () => {
    const { store, records } = await filled();
    const whole: Aggregation = { period: ALL, where: [], metrics: ['bytesOut'], by: ['route', 'api'] };
    const all = plainAggregate(records, whole).map(({ values }) => values.bytesOut ?? 0);
    const { rows } = await store.aggregate({ ...whole, top: { by: 'bytesOut', limit: 3 } });
    expect(rows.map(({ values }) => values.bytesOut)).toEqual(all.toSorted((a, b) => b - a).slice(0, 3));
  });

  it('gives the course of the largest', async () => {
    const { store } = await filled();
    const asking: Aggregation = { period: ALL, where: [], metrics: ['calls'], by: ['api'], stepMs: DAY_MS };
    const { rows } = await store.aggregate({ ...asking, top: { by: 'calls', limit: 1 } });
    expect(new Set(rows.map(({ key }) => key.api))).toEqual(new Set(['models']));
    expect(rows.map(({ atMs }) => atMs)).toEqual(
      ['24', '25', '26'].map((day) => Date.parse(`2026-11-${day}`)).slice(0, rows.length),
    );
    expect(rows.length).toBeGreaterThan(2);
  });

  it('pages through all records, the newest first, each once', async () => {
    const { store, records } = await filled();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.search({ period: ALL, where: [], limit: 450, cursor });
      seen.push(...page.records.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== undefined);
    const order = records.toSorted((a, b) => b.time - a.time || (a.id < b.id ? 1 : -1));
    expect(seen).toEqual(order.map(({ id }) => id));
  });

  it('finds by what is asked, and gives records back as they were', async () => {
    const { store, records } = await filled();
    const isAsked = ({ application, status }: KeptRecord): boolean => application === 'web' && status === 429;
    const where = [
      { dimension: 'application', values: ['web'] },
      { dimension: 'status', values: ['429'] },
    ] as const;
    const { records: found } = await store.search({ period: ALL, where, limit: 1000 });
    expect(found).toEqual(JSON.parse(JSON.stringify(records.filter(isAsked).toSorted((a, b) => b.time - a.time))));
  });

  it('finds texts that are held, in whatever case', async () => {
    const { store, records } = await filled();
    const contains = [{ field: 'path', text: 'THINGS/4' }] as const;
    const { records: found } = await store.search({ period: ALL, where: [], limit: COUNT, contains });
    expect(found).toHaveLength(records.filter(({ path }) => path.includes('things/4')).length);
  });

  it('finds a record by its id, for those who may see it', async () => {
    const { store, records } = await filled();
    const own = records.find(({ api }) => api === 'users');
    if (own === undefined) expect.fail('no such record');
    expect(await store.find(own.id)).toEqual(JSON.parse(JSON.stringify(own)));
    expect(await store.find('nobody-knows')).toBeUndefined();
    expect(await store.find(own.id, { apis: ['users'], applications: [], prefixes: [] })).toBeDefined();
    expect(await store.find(own.id, { apis: ['orders'], applications: [], prefixes: [] })).toBeUndefined();
  });

  it('finds a record by an id that a caller chose', async () => {
    const { store } = await filled();
    const [sample] = sampleCalls({ count: 1, ...ALL, seed: 77 });
    if (sample === undefined) expect.fail('no sample');
    const lines = linesOf([{ ...sample, id: 'order-4711' }]);
    await store.append({ node: 'gate-0', lines, next: { sequence: 3, offset: 0 }, holes: [] });
    expect((await store.find('order-4711'))?.time).toBe(sample.time);
  });
}

interface Close {
  readonly is: Aggregates;
  readonly must: readonly AggregateRow[];
  readonly by: readonly Dimension[];
}

/** In whatever order; percentiles within a hundredth of the exact ones, all else to the last digit that counts. */
function expectClose(name: string, { is, must, by }: Close): void {
  const keyOf = ({ atMs, key }: AggregateRow): string => JSON.stringify([atMs, by.map((each) => key[each])]);
  const found = new Map(is.rows.map((row) => [keyOf(row), row.values]));
  expect([name, [...found.keys()].toSorted()]).toEqual([name, must.map(keyOf).toSorted()]);
  const wrong = must.flatMap((row) =>
    metrics.flatMap((metric) => {
      const [value, exact] = [found.get(keyOf(row))?.[metric] ?? null, row.values[metric] ?? null];
      return isClose(metric, value, exact) ? [] : [[name, is.source, keyOf(row), metric, value, exact]];
    }),
  );
  expect(wrong).toEqual([]);
}

function isClose(metric: Metric, value: number | null, exact: number | null): boolean {
  if (value === null || exact === null) return value === exact;
  const within = percentileOf(metric) === undefined ? 1e-9 : 0.01;
  return Math.abs(value - exact) <= within * Math.abs(exact) + 1e-9;
}
