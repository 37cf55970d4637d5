import fc from 'fast-check';
import type { ExchangeRecord } from '@gatehouse/record';
import { RecordMetrics } from '@gatehouse/telemetry';
import { allMetrics } from '../../apps/cli/src/metrics/gate-metrics.ts';
import { anyRecord, modelRecord, plainRecord } from '../../packages/telemetry/src/metrics/__fixtures__/records.ts';

const SEED = 7;
const HOSTILE_RECORDS = 400;

/** Name of each case → a page of `/metrics` in OpenMetrics, the same each time. */
export function pages(): Readonly<Record<string, string>> {
  const hostile = fc.sample(anyRecord, { seed: SEED, numRuns: HOSTILE_RECORDS });
  return {
    'a gate without an observer': page(undefined),
    'no records yet': page(new RecordMetrics().render()),
    'plain calls and calls of models': page(counted([plainRecord, modelRecord])),
    'whatever can stand in a record': page(counted(hostile)),
    'a budget that is used up': page(counted(hostile, 300)),
  };
}

function counted(records: readonly ExchangeRecord[], seriesMax?: number): string {
  const metrics = new RecordMetrics(seriesMax === undefined ? {} : { seriesMax });
  for (const record of records) metrics.observe(record);
  metrics.observeGap({ gap: true, lost: 3, from: 1, to: 2, worker: 1 });
  return metrics.render();
}

function page(observed: string | undefined): string {
  const stats = { active: 1, connections: 2, requests: 3 };
  const workers = [1, 2].map((worker) => ({ worker, version: 'abc', stats }));
  const cache = { entries: 3, bytes: 500, bytesMax: 1000 };
  return allMetrics({ status: { version: 'abc', workers, restarts: 0, recorder: undefined, cache } }, observed);
}
