import {
  percentileOf,
  type AggregateRow,
  type Aggregates,
  type Aggregation,
  type Dimension,
  type Metric,
  type Scope,
  type StoredRecord,
  type Timing,
} from '@gatehouse/analytics';

type Call = StoredRecord;
/** What a test says of a call; the rest is that of a good one. */
export type CallGiven = Partial<Call> & { readonly time: number };

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

/** Records in memory, and what is asked of them, computed call by call. */
export class RecordedCalls {
  readonly #calls: Call[] = [];
  /** Why nothing can be asked. */
  problem: string | undefined;
  asked = 0;

  add(...calls: readonly CallGiven[]): void {
    for (const call of calls) this.#calls.push({ ...GOOD, ...call });
  }

  /** So many that are alike, spread over a time. */
  addMany(
    count: number,
    { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
    like: Partial<Call> = {},
  ): void {
    for (let at = 0; at < count; at++) this.add({ ...like, time: Math.floor(fromMs + ((toMs - fromMs) * at) / count) });
  }

  async aggregate(query: Aggregation): Promise<Aggregates> {
    this.asked++;
    if (this.problem !== undefined) return Promise.reject(new Error(this.problem));
    const { period, where, scope, by, stepMs, top, metrics } = query;
    const calls = this.#calls.filter(
      (call) =>
        call.time >= period.fromMs &&
        call.time < period.toMs &&
        where.every(({ dimension, values, not = false }) => values.includes(valueOf(call, dimension)) !== not) &&
        (scope === undefined || isIn(call, scope)),
    );
    const seconds = (stepMs ?? period.toMs - period.fromMs) / 1000;
    const groups = Map.groupBy(calls, (call) => JSON.stringify(by.map((dimension) => valueOf(call, dimension))));
    if (by.length === 0 && groups.size === 0) groups.set('[]', []);
    const kept = topOf([...groups.values()], { top, seconds });
    const rows = kept.flatMap((group): AggregateRow[] => {
      const [first] = group;
      const key = Object.fromEntries(
        by.map((dimension) => [dimension, first === undefined ? '' : valueOf(first, dimension)]),
      );
      const values = (some: readonly Call[]): AggregateRow['values'] =>
        Object.fromEntries(metrics.map((metric) => [metric, metricOf(some, metric, seconds)]));
      if (stepMs === undefined) return [{ key, values: values(group) }];
      const steps = Map.groupBy(group, ({ time }) => Math.floor(time / stepMs) * stepMs);
      return [...steps].toSorted(([a], [b]) => a - b).map(([atMs, some]) => ({ atMs, key, values: values(some) }));
    });
    return Promise.resolve({ rows, source: 'records' });
  }
}

function topOf(
  groups: readonly (readonly Call[])[],
  { top, seconds }: { readonly top: Aggregation['top']; readonly seconds: number },
): readonly (readonly Call[])[] {
  if (top === undefined) return groups;
  const size = (group: readonly Call[]): number => metricOf(group, top.by, seconds) ?? -Infinity;
  return groups.toSorted((a, b) => size(b) - size(a)).slice(0, top.limit);
}

/** One of these holds: a name that is listed, or that begins like one of the workspace's and of no other's. */
function isIn({ api, application }: Call, { apis, applications, prefixes, except = [] }: Scope): boolean {
  if (api !== undefined && apis.includes(api)) return true;
  if (application !== undefined && applications.includes(application)) return true;
  const names = [api, application].filter((name) => name !== undefined);
  if (names.some((name) => except.some((prefix) => name.startsWith(prefix)))) return false;
  return names.some((name) => prefixes.some((prefix) => name.startsWith(prefix)));
}

const FIELDS: Readonly<Record<Dimension, (call: Call) => string | undefined>> = {
  api: ({ api }) => api,
  version: ({ version }) => version,
  route: ({ route }) => route,
  method: ({ method }) => method,
  status: ({ status }) => String(status),
  statusClass: ({ status }) => `${Math.floor(status / 100)}xx`,
  code: ({ code }) => code,
  plan: ({ plan }) => plan,
  team: ({ team }) => team,
  application: ({ application }) => application,
  credential: ({ credential }) => credential,
  subscription: ({ subscription }) => subscription,
  provider: ({ aiProvider }) => aiProvider,
  model: ({ aiModel }) => aiModel,
  cache: ({ cacheStatus }) => cacheStatus,
  upstream: ({ upstream }) => upstream,
  limit: ({ limit }) => limit,
  config: ({ config }) => config,
  node: ({ node }) => node,
};

const valueOf = (call: Call, dimension: Dimension): string => FIELDS[dimension](call) ?? '';

const TIMES: Readonly<Record<Timing, (call: Call) => number | undefined>> = {
  duration: ({ durationMs }) => durationMs,
  gateway: ({ gatewayMs }) => gatewayMs,
  upstream: ({ durationMs, gatewayMs }) => durationMs - gatewayMs,
  firstToken: ({ aiFirstTokenMs }) => aiFirstTokenMs,
};

const OF_OTHERS = /^(?:upstream|provider|gateway)\./;
const sum = (calls: readonly Call[], of: (call: Call) => number | undefined): number =>
  calls.reduce((total, call) => total + (of(call) ?? 0), 0);
const count = (calls: readonly Call[], is: (call: Call) => boolean): number => calls.filter(is).length;
const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

type Plain = Exclude<Metric, `${string}.${string}`>;
const PLAIN: Readonly<Record<Plain, (calls: readonly Call[], seconds: number) => number | null>> = {
  calls: (calls) => calls.length,
  errors: (calls) => count(calls, ({ status }) => status >= 500),
  clientErrors: (calls) => count(calls, ({ status }) => status >= 400 && status < 500),
  refused: (calls) => count(calls, ({ code }) => code !== undefined && !OF_OTHERS.test(code)),
  bytesIn: (calls) => sum(calls, ({ bytesIn }) => bytesIn),
  bytesOut: (calls) => sum(calls, ({ bytesOut }) => bytesOut),
  cacheHits: (calls) => count(calls, ({ cacheStatus }) => cacheStatus === 'hit'),
  inputTokens: (calls) => sum(calls, ({ aiInputTokens }) => aiInputTokens),
  cachedTokens: (calls) => sum(calls, ({ aiCachedTokens }) => aiCachedTokens),
  outputTokens: (calls) => sum(calls, ({ aiOutputTokens }) => aiOutputTokens),
  reasoningTokens: (calls) => sum(calls, ({ aiReasoningTokens }) => aiReasoningTokens),
  costMicroUsd: (calls) => sum(calls, ({ aiCostMicroUsd }) => aiCostMicroUsd),
  rate: (calls, seconds) => calls.length / seconds,
  errorRate: (calls) => share(PLAIN.errors(calls, 0) ?? 0, calls.length),
  cacheHitRate: (calls) => share(PLAIN.cacheHits(calls, 0) ?? 0, calls.length),
  tokensPerSecond: (calls) =>
    share(
      sum(calls, ({ aiOutputTokens }) => aiOutputTokens),
      sum(calls, ({ durationMs, aiFirstTokenMs }) => (durationMs - (aiFirstTokenMs ?? durationMs)) / 1000),
    ),
};

const isPlain = (metric: Metric): metric is Plain => Object.hasOwn(PLAIN, metric);

function metricOf(calls: readonly Call[], metric: Metric, seconds: number): number | null {
  if (isPlain(metric)) return PLAIN[metric](calls, seconds);
  const percentile = percentileOf(metric);
  const timing = percentile?.timing ?? timingOf(metric);
  const times = calls.flatMap((call) => TIMES[timing](call) ?? []).toSorted((a, b) => a - b);
  if (percentile === undefined)
    return share(
      times.reduce((total, time) => total + time, 0),
      times.length,
    );
  // The nearest that is there.
  return times[Math.max(0, Math.ceil(percentile.at * times.length) - 1)] ?? null;
}

function timingOf(metric: Metric): Timing {
  const [name] = metric.split('.');
  if (name !== undefined && Object.hasOwn(TIMES, name)) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is one of its names
    return name as Timing;
  }
  throw new Error(`there is no metric ${metric}`);
}
