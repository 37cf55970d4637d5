/** What counting a record takes, and what all series take: prints one line of JSON. `node --expose-gc bench/record-metrics.ts` */
import type { ExchangeRecord } from '@gatehouse/record';
import { RecordMetrics } from '@gatehouse/telemetry';

const RECORDS = 20_000;
const ROUNDS = 12;

function recordOf(index: number, routes: number): ExchangeRecord {
  return {
    id: '01h2m3k4n5p6q7r8s9t0uv0',
    time: 1_790_000_000_123 + index,
    worker: 1,
    config: 'a1b2c3d4e5f6',
    api: 'users',
    version: '1.0.0',
    route: `users GET /v1/users/${index % routes}`,
    method: index % 3 === 0 ? 'POST' : 'GET',
    path: '/v1/users/42',
    host: 'api.example.com',
    status: index % 7 === 0 ? 404 : 200,
    code: index % 7 === 0 ? 'route.not_found' : undefined,
    application: `app ${index % 50}`,
    plan: 'gold',
    clientIp: '10.20.30.40',
    bytesIn: 20,
    bytesOut: 632,
    durationMs: index % 100,
    gatewayMs: 0.041,
    upstream: 'http://127.0.0.1:4001',
    traceId: index.toString(16).padStart(32, '0'),
  };
}

/** Strings of their own each time, as they come out of a spool. */
const fresh = (lines: readonly string[]): readonly ExchangeRecord[] =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- lines of `recordOf`
  lines.map((line) => JSON.parse(line) as ExchangeRecord);

/** CPU time of a record in each round, in microseconds. */
function costsOf(metrics: RecordMetrics, routes: number): readonly number[] {
  const lines = Array.from({ length: RECORDS }, (_, index) => JSON.stringify(recordOf(index, routes)));
  const costs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const records = fresh(lines);
    const before = process.cpuUsage();
    for (const record of records) metrics.observe(record);
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / RECORDS);
  }
  return costs;
}

function measured(routes: number) {
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  const metrics = new RecordMetrics();
  const costs = costsOf(metrics, routes);
  globalThis.gc?.();
  const heapMb = (process.memoryUsage().heapUsed - heapBefore) / 1e6;
  const begun = performance.now();
  const { length } = metrics.render();
  const [least = 0, median = 0] = [0, ROUNDS / 2].map((place) => costs.toSorted((a, b) => a - b)[place]);
  return {
    routes,
    series: metrics.seriesUsed,
    cpuMicrosLeast: Number(least.toFixed(2)),
    cpuMicrosMedian: Number(median.toFixed(2)),
    heapMb: Number(heapMb.toFixed(1)),
    renderMs: Number((performance.now() - begun).toFixed(1)),
    pageKb: Math.round(length / 1e3),
  };
}

process.stdout.write(`${JSON.stringify([10, 100, 5000].map(measured))}\n`);
