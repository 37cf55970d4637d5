import type { GatewayStatus } from '@gatehouse/gateway';
import { familyLines, isWhole, joined, type MetricFamily, type Sample } from '@gatehouse/telemetry/exposition';
import { version as programVersion } from '../version.ts';
import { GATE_FAMILIES as FAMILIES } from './gate-families.ts';
import { processFacts, type ProcessFacts } from './process-facts.ts';

export interface KnownFacts {
  readonly status: GatewayStatus;
  readonly process?: ProcessFacts;
}

/**
 * All that `/metrics` has, in OpenMetrics: what the main thread knows, and what the observer has made of records. Without
 * an answer of the observer, or with half of one, the first alone.
 */
export function allMetrics({ status, process = processFacts() }: KnownFacts, observed: string | undefined): string {
  const whole = observed !== undefined && isWhole(observed) ? observed : undefined;
  const own = [
    ...about(FAMILIES.observerUp, whole === undefined ? 0 : 1),
    ...gateLines(status),
    ...recorderLines(status.recorder),
    ...processLines(process),
  ];
  return joined([`${own.join('\n')}\n`, whole ?? '']);
}

/** A family with one sample; none where nobody knows. */
function about(family: MetricFamily, value: number | undefined): readonly string[] {
  return value === undefined ? [] : familyLines(family, [{ values: [], value }]);
}

function gateLines({ version, workers, restarts, cache }: GatewayStatus): readonly string[] {
  const perWorker = (value: (of: GatewayStatus['workers'][number]) => number): readonly Sample[] =>
    workers.map((worker) => ({ values: [String(worker.worker)], value: value(worker) }));
  return [
    ...familyLines(FAMILIES.build, [{ values: [programVersion(), globalThis.process.versions.node], value: 1 }]),
    ...familyLines(FAMILIES.snapshot, [{ values: [version], value: 1 }]),
    ...about(FAMILIES.workers, workers.length),
    ...about(FAMILIES.restarts, restarts),
    ...familyLines(
      FAMILIES.workerRequests,
      perWorker(({ stats }) => stats.requests),
    ),
    ...familyLines(
      FAMILIES.workerActive,
      perWorker(({ stats }) => stats.active),
    ),
    ...familyLines(
      FAMILIES.workerConnections,
      perWorker(({ stats }) => stats.connections),
    ),
    ...familyLines(
      FAMILIES.workerBehind,
      perWorker((worker) => (worker.version === version ? 0 : 1)),
    ),
    ...about(FAMILIES.cacheReplies, cache.entries),
    ...about(FAMILIES.cacheBytes, cache.bytes),
    ...about(FAMILIES.cacheMaxBytes, cache.bytesMax),
  ];
}

function recorderLines(recorder: GatewayStatus['recorder']): readonly string[] {
  return [
    ...about(FAMILIES.recorded, recorder?.lines),
    ...about(FAMILIES.recordedBytes, recorder?.payloadBytes),
    ...about(FAMILIES.waiting, recorder?.waitingBytes),
    ...about(FAMILIES.lost, recorder?.lost ?? 0),
    ...about(FAMILIES.failedWrites, recorder?.failedAppends),
    ...about(FAMILIES.failedSyncs, recorder?.failedSyncs),
    ...about(FAMILIES.refusedBatches, recorder?.refusedBatches),
    ...about(FAMILIES.spoolBytes, recorder?.bytes),
    ...about(FAMILIES.spoolSegments, recorder?.segments),
    ...about(FAMILIES.spoolDeletedBytes, recorder?.deletedBytes),
  ];
}

function processLines(facts: ProcessFacts): readonly string[] {
  return [
    ...about(FAMILIES.loopActive, facts.loopActiveSeconds),
    ...about(FAMILIES.cpu, facts.cpuSeconds),
    ...about(FAMILIES.resident, facts.residentBytes),
    ...about(FAMILIES.started, facts.startedSeconds),
    ...about(FAMILIES.openFiles, facts.openFiles),
    ...about(FAMILIES.maxFiles, facts.maxFiles === Infinity ? undefined : facts.maxFiles),
  ];
}
