import { parseAnalyticsPlace, type AnalyticsPlace } from '@gatehouse/analytics';
import { Option } from 'commander';
import { CommandFailure } from './failure.ts';

export interface AnalyticsFlags {
  readonly analytics: string;
}

export const analyticsOption = (): Option =>
  new Option(
    '--analytics <url>',
    'where records are kept and asked about: "embedded" in the data folder, clickhouse://…, or "off"',
  )
    .env('GATEHOUSE_ANALYTICS')
    .default('embedded');

/** Not as a parser of the option, whose errors repeat the value: it may hold a password. */
export function analyticsOf({ analytics }: AnalyticsFlags): AnalyticsPlace {
  try {
    return parseAnalyticsPlace(analytics);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`--analytics (GATEHOUSE_ANALYTICS): ${why}`);
  }
}
