import { parseClickHouseUrl, type ClickHousePlace } from './clickhouse/clickhouse-url.ts';

/** Where records are kept for good: in the data folder, in ClickHouse, or nowhere but in the spool. */
export type AnalyticsPlace = 'embedded' | 'off' | ClickHousePlace;

/** Errors do not repeat the text, which may hold a password. */
export function parseAnalyticsPlace(text: string): AnalyticsPlace {
  if (text === 'embedded' || text === 'off') return text;
  if (!text.includes('://'))
    throw new Error('write "embedded", "off", or clickhouse://USER:PASSWORD@HOST:8123/DATABASE');
  return parseClickHouseUrl(text);
}
