import type { GatewayStatus } from '@gatehouse/gateway';

/** OpenMetrics text of what the main thread knows; analytics proper come from the records. */
export function metrics({ version, workers, restarts, recorder, cache }: GatewayStatus): string {
  const perWorker = (name: string, value: (of: GatewayStatus['workers'][number]) => number): string[] =>
    workers.map((worker) => `gatehouse_${name}{worker="${worker.worker}"} ${value(worker)}`);
  return [
    '# TYPE gatehouse_snapshot info',
    `gatehouse_snapshot_info{version="${version}"} 1`,
    '# TYPE gatehouse_requests counter',
    ...perWorker('requests_total', ({ stats }) => stats.requests),
    '# TYPE gatehouse_requests_active gauge',
    ...perWorker('requests_active', ({ stats }) => stats.active),
    '# TYPE gatehouse_connections gauge',
    ...perWorker('connections', ({ stats }) => stats.connections),
    '# TYPE gatehouse_worker_restarts counter',
    `gatehouse_worker_restarts_total ${restarts}`,
    '# TYPE gatehouse_records_lost counter',
    `gatehouse_records_lost_total ${recorder?.lost ?? 0}`,
    '# TYPE gatehouse_cache_replies gauge',
    `gatehouse_cache_replies ${cache.entries}`,
    '# TYPE gatehouse_cache_bytes gauge',
    `gatehouse_cache_bytes ${cache.bytes}`,
    '# EOF',
    '',
  ].join('\n');
}
