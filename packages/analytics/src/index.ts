export { DIMENSIONS, isDimension, type Dimension } from './query/dimensions.ts';
export { isMetric, METRICS, percentileOf, TIMINGS, type Metric, type Timing } from './query/metrics.ts';
export type {
  AggregateRow,
  Aggregates,
  Aggregation,
  Condition,
  Period,
  RecordPage,
  Scope,
  Search,
  StoredRecord,
  TextField,
} from './query/query.ts';
