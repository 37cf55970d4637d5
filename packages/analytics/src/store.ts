/** The second door: stores, and how they are filled. Whoever only asks needs none of it. */
export type {
  AnalyticsStore,
  Appended,
  Batch,
  BodiesOf,
  ExportOrder,
  Hole,
  Keep,
  Reached,
  StoredBody,
  StoreFacts,
} from './analytics-store.ts';
export { ClickHouseStore, type ClickHouseOptions } from './clickhouse/clickhouse-store.ts';
export { HttpConnection } from './clickhouse/http-connection.ts';
export { DuckDbStore, type DuckDbOptions } from './duckdb/duckdb-store.ts';
export { Shipper, type ShipperFacts, type ShipperOptions } from './shipping/shipper.ts';
