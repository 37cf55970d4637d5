export { plainAggregate } from './plain-answers.ts';
export { linesOf, sampleCalls } from './sample-calls.ts';
export { storeContract, type OpenedStore } from './store-contract.ts';
export { shipperContract } from './shipper-contract.ts';
export { ClickHouseStore, type ClickHouseOptions } from '../clickhouse/clickhouse-store.ts';
export { parseClickHouseUrl } from '../clickhouse/clickhouse-url.ts';
export type { Connection, Insert } from '../clickhouse/connection.ts';
export { HttpConnection } from '../clickhouse/http-connection.ts';
export { DuckDbStore, type DuckDbOptions } from '../duckdb/duckdb-store.ts';
