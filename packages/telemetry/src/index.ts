export type { Sink } from './sink.ts';
export { RecordMetrics, type RecordMetricsOptions } from './metrics/record-metrics.ts';
export { OBSERVER_FAMILIES, RECORD_FAMILIES, type RecordFamily } from './metrics/record-families.ts';
