export { SinkError, type Sink, type SinkItem, type SinkOutcome, type SinkRetry } from './sink.ts';
export { startSinks, type RunningSinks, type StartOptions } from './start-sinks.ts';
export type { SinkFacts } from './pump/sink-tally.ts';
export type { SinkFactory, SinkTools } from './sinks/plugin-sink.ts';
export type { WriteText } from './sinks/stdout-sink.ts';
export { RecordMetrics, type RecordMetricsOptions } from './metrics/record-metrics.ts';
export { OBSERVER_FAMILIES, RECORD_FAMILIES, type RecordFamily } from './metrics/record-families.ts';
