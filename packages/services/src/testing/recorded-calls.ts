import type { AggregateRow, Aggregates, Aggregation, KeptRecord, Metric } from '@gatehouse/analytics';
import { plainAggregate } from '@gatehouse/analytics/testing';
import type { Analytics } from '../analytics/analytics.ts';

/** What a test says of a call; the rest is that of a good one. */
export type CallGiven = Partial<KeptRecord> & { readonly time: number };

const GOOD = {
  id: '',
  worker: 0,
  config: '1',
  node: 'gate',
  method: 'GET',
  path: '/',
  host: 'gate',
  status: 200,
  clientIp: '127.0.0.1',
  bytesIn: 0,
  bytesOut: 0,
  durationMs: 10,
  gatewayMs: 1,
} as const;

/** Records in memory; what they come to is worked out call by call. Only sums can be asked for. */
export class RecordedCalls implements Analytics {
  readonly #calls: KeptRecord[] = [];
  /** Why nothing can be asked. */
  problem: string | undefined;

  add(...calls: readonly CallGiven[]): void {
    for (const call of calls) this.#calls.push({ ...GOOD, ...call });
  }

  /** So many that are alike, spread over a time. */
  addMany(
    count: number,
    { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
    like: Partial<KeptRecord> = {},
  ): void {
    for (let at = 0; at < count; at++) this.add({ ...like, time: Math.floor(fromMs + ((toMs - fromMs) * at) / count) });
  }

  get all(): readonly KeptRecord[] {
    return this.#calls;
  }

  async aggregate(query: Aggregation): Promise<Aggregates> {
    if (this.problem !== undefined) return Promise.reject(new Error(this.problem));
    const { top, metrics } = query;
    if (top === undefined) return Promise.resolve({ rows: plainAggregate(this.#calls, query), source: 'records' });
    const rows = plainAggregate(this.#calls, { ...query, metrics: [...new Set([...metrics, top.by])] });
    const size = ({ values }: AggregateRow): number => values[top.by] ?? -Infinity;
    const most = rows.toSorted((a, b) => size(b) - size(a)).slice(0, top.limit);
    return Promise.resolve({ rows: most.map((row) => only(row, metrics)), source: 'records' });
  }

  async search(): Promise<never> {
    return unasked();
  }

  async find(): Promise<never> {
    return unasked();
  }

  async bodies(): Promise<never> {
    return unasked();
  }

  async export(): Promise<never> {
    return unasked();
  }

  follow(): never {
    throw new Error('these records can only be summed up');
  }
}

async function unasked(): Promise<never> {
  return Promise.reject(new Error('these records can only be summed up'));
}

function only({ values, ...row }: AggregateRow, metrics: readonly Metric[]): AggregateRow {
  return { ...row, values: Object.fromEntries(metrics.map((metric) => [metric, values[metric] ?? null])) };
}
