import type { Clock } from '@gatehouse/kernel';
import type { AnalyticsStore, Keep } from './analytics-store.ts';
import type { ClickHousePlace } from './clickhouse/clickhouse-url.ts';

export interface StoreOptions {
  readonly place: 'embedded' | ClickHousePlace;
  /** Of the embedded database. */
  readonly folder: string;
  readonly keep: Keep;
  readonly clock: Clock;
}

/** What the other store needs is not loaded. A server of ClickHouse need not be there yet; an embedded file must be free. */
export async function openStore({ place, folder, keep, clock }: StoreOptions): Promise<AnalyticsStore> {
  if (place === 'embedded') {
    const { DuckDbStore } = await import('./duckdb/duckdb-store.ts');
    return DuckDbStore.open({ folder, keep });
  }
  const { HttpConnection } = await import('./clickhouse/http-connection.ts');
  const { ClickHouseStore } = await import('./clickhouse/clickhouse-store.ts');
  return new ClickHouseStore({ connection: new HttpConnection({ place }), keep, clock });
}
