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
export type { BodiesOf, ExportOrder, Keep, StoredBody, StoreFacts } from './analytics-store.ts';
export type { ShipperFacts } from './shipping/shipper.ts';
export { storyOf, type StoryStep } from './query/story.ts';
export { matches, type KeptRecord } from './query/matches.ts';
export { readCursor } from './query/cursor.ts';
export { parseAnalyticsPlace, type AnalyticsPlace } from './analytics-place.ts';
export { placeText, type ClickHousePlace } from './clickhouse/clickhouse-url.ts';
