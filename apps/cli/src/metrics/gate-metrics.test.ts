import { parseOpenMetrics, type ParsedFamily } from '@gatehouse/telemetry/testing';
import { describe, expect, it } from 'vitest';
import { GATE_FAMILIES } from './gate-families.ts';
import { allMetrics, type KnownFacts } from './gate-metrics.ts';
import { processFacts } from './process-facts.ts';

const worker = (index: number, version = 'abc') => ({
  worker: index,
  version,
  stats: { active: index, connections: 10 + index, requests: 100 + index },
});
const RECORDER = {
  frames: 2,
  lines: 30,
  payloadBytes: 4000,
  failedAppends: 1,
  failedSyncs: 2,
  lastError: undefined,
  segments: 3,
  bytes: 5000,
  deletedSegments: 1,
  deletedBytes: 600,
  batches: 9,
  refusedBatches: 4,
  waitingBytes: 70,
  lost: 8,
};
const STATUS: KnownFacts['status'] = {
  version: 'abc',
  workers: [worker(0), worker(1, 'old')],
  restarts: 3,
  recorder: RECORDER,
  cache: { entries: 3, bytes: 500, bytesMax: 1000 },
};

function familiesOf(status = STATUS, observed?: string): ReadonlyMap<string, ParsedFamily> {
  return parseOpenMetrics(allMetrics({ status }, observed));
}

/** Of the family with that name: value of each sample, by its labels. */
function valuesOf(name: string, families = familiesOf()): unknown {
  return families.get(name)?.samples.map(({ labels, value }) => [...Object.values(labels), value]);
}

describe('what the main thread knows', () => {
  it.each([
    ['gatehouse_snapshot', [['abc', 1]]],
    ['gatehouse_workers', [[2]]],
    ['gatehouse_worker_restarts', [[3]]],
    [
      'gatehouse_worker_requests',
      [
        ['0', 100],
        ['1', 101],
      ],
    ],
    [
      'gatehouse_worker_active_requests',
      [
        ['0', 0],
        ['1', 1],
      ],
    ],
    [
      'gatehouse_worker_connections',
      [
        ['0', 10],
        ['1', 11],
      ],
    ],
    [
      'gatehouse_worker_snapshot_behind',
      [
        ['0', 0],
        ['1', 1],
      ],
    ],
    ['gatehouse_recorder_records', [[30]]],
    ['gatehouse_recorder_written_bytes', [[4000]]],
    ['gatehouse_recorder_waiting_bytes', [[70]]],
    ['gatehouse_recorder_failed_writes', [[1]]],
    ['gatehouse_recorder_failed_syncs', [[2]]],
    ['gatehouse_recorder_refused_batches', [[4]]],
    ['gatehouse_records_lost', [[8]]],
    ['gatehouse_spool_bytes', [[5000]]],
    ['gatehouse_spool_segments', [[3]]],
    ['gatehouse_spool_deleted_bytes', [[600]]],
    ['gatehouse_cache_replies', [[3]]],
    ['gatehouse_cache_bytes', [[500]]],
    ['gatehouse_cache_max_bytes', [[1000]]],
  ])('has %s', (name, expected) => {
    expect(valuesOf(name)).toEqual(expected);
  });

  it('is all that the table says, on Linux', () => {
    const families = familiesOf();
    for (const { name, kind, help, ...more } of Object.values(GATE_FAMILIES)) {
      expect({ name, ...families.get(name) }).toMatchObject({
        name,
        kind,
        help,
        unit: 'unit' in more ? more.unit : undefined,
      });
    }
    expect(families.size).toBe(Object.keys(GATE_FAMILIES).length);
  });

  it('says that nothing was lost where there is no recorder yet', () => {
    const families = familiesOf({ ...STATUS, recorder: undefined });
    expect(valuesOf('gatehouse_records_lost', families)).toEqual([[0]]);
    expect(families.has('gatehouse_recorder_waiting_bytes')).toBe(false);
  });

  it('has no family of the observer twice, nor one of its own from there', () => {
    const observed = '# TYPE gatehouse_workers gauge\ngatehouse_workers 9\n# TYPE more gauge\nmore 1\n# EOF\n';
    const families = familiesOf(STATUS, observed);
    expect([valuesOf('gatehouse_workers', families), valuesOf('more', families)]).toEqual([[[2]], [[1]]]);
  });
});

describe('what the system says of the process', () => {
  it('is plausible', () => {
    const facts = processFacts();
    expect(facts.startedSeconds).toBeCloseTo(Date.now() / 1000 - process.uptime(), -1);
    expect(facts.residentBytes).toBeGreaterThan(1e7);
    expect(facts.cpuSeconds).toBeGreaterThan(0);
    expect(facts.loopActiveSeconds).toBeGreaterThanOrEqual(0);
    if (process.platform === 'linux') expect(facts.openFiles).toBeLessThanOrEqual(facts.maxFiles ?? 0);
  });
});
