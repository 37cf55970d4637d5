import type { Dimension } from '../query/dimensions.ts';
import type { Sum, Timing } from '../query/metrics.ts';

export const quoted = (name: string): string => `"${name}"`;

/** Where a dimension stands in a record, as SQL; '' where it has none. */
export function ofRecord(dimension: Dimension): string {
  return OTHERS[dimension] ?? `coalesce(${quoted(dimension)}, '')`;
}

/** Model calls have a whole `Cache-Status` (RFC 9211), all others one word. */
const CACHE = `CASE WHEN "cacheStatus" IS NULL THEN '' WHEN "cacheStatus" LIKE '%; hit%' THEN 'hit' WHEN "cacheStatus" LIKE '%;%' THEN 'miss' ELSE "cacheStatus" END`;

/** Those that are no column of the same name. */
const OTHERS: Readonly<Partial<Record<Dimension, string>>> = {
  status: 'CAST(status AS VARCHAR)',
  statusClass: `left(CAST(status AS VARCHAR), 1) || 'xx'`,
  cache: CACHE,
  provider: `coalesce("aiProvider", '')`,
  model: `coalesce("aiModel", "aiModelAsked", '')`,
  limitedBy: `coalesce("limit", '')`,
};

/** The same of a roll-up, which has columns named after its dimensions. */
export function ofRollUp(dimension: Dimension): string {
  return dimension === 'statusClass' ? `left(status, 1) || 'xx'` : quoted(dimension);
}

const TIMES: Readonly<Record<Timing, string>> = {
  duration: '"durationMs"',
  gateway: '"gatewayMs"',
  upstream: 'greatest("durationMs" - "gatewayMs", 0)',
  firstToken: '"aiFirstTokenMs"',
};

/** In ms; null where a record has no such time. */
export const timeOf = (timing: Timing): string => TIMES[timing];

/** What is summed beside the sums that can be asked for, to make ratios and means of. */
export type Helper = `${Timing}Ms` | 'firstTokenCount' | 'streamedTokens' | 'streamedMs';
export type Summed = Sum | Helper;

const STREAMED = `"aiStream" AND "aiFirstTokenMs" IS NOT NULL AND "aiOutputTokens" > 0`;

/** How each is made of records. */
export const OF_RECORDS: Readonly<Record<Summed, string>> = {
  calls: 'count(*)',
  errors: 'count(*) FILTER (WHERE status >= 500)',
  clientErrors: 'count(*) FILTER (WHERE status BETWEEN 400 AND 499)',
  refused: 'count(*) FILTER (WHERE code IS NOT NULL AND status BETWEEN 400 AND 498)',
  bytesIn: 'sum("bytesIn")',
  bytesOut: 'sum("bytesOut")',
  cacheHits: `count(*) FILTER (WHERE ${CACHE} = 'hit')`,
  inputTokens: 'coalesce(sum("aiInputTokens"), 0)',
  cachedTokens: 'coalesce(sum("aiCachedTokens"), 0)',
  outputTokens: 'coalesce(sum("aiOutputTokens"), 0)',
  reasoningTokens: 'coalesce(sum("aiReasoningTokens"), 0)',
  costMicroUsd: 'coalesce(sum("aiCostMicroUsd"), 0)',
  durationMs: `sum(${TIMES.duration})`,
  gatewayMs: `sum(${TIMES.gateway})`,
  upstreamMs: `sum(${TIMES.upstream})`,
  firstTokenMs: `coalesce(sum(${TIMES.firstToken}), 0)`,
  firstTokenCount: `count(${TIMES.firstToken})`,
  streamedTokens: `coalesce(sum("aiOutputTokens") FILTER (WHERE ${STREAMED}), 0)`,
  streamedMs: `coalesce(sum("durationMs" - "aiFirstTokenMs") FILTER (WHERE ${STREAMED}), 0)`,
};

/** Columns of a roll-up. */
export const SUMMED: readonly Summed[] = Object.keys(OF_RECORDS).filter((name): name is Summed => name in OF_RECORDS);

/** How each is read from a roll-up. */
export const ofRollUps = (name: Summed): string => `sum(${quoted(name)})`;

/** Sums of records and of roll-ups are of one type, so that they can be put together. */
export const typed = (name: Summed, sum: string): string => `CAST(${sum} AS ${summedType(name)}) AS ${quoted(name)}`;

export const summedType = (name: Summed): string => (name.endsWith('Ms') ? 'DOUBLE' : 'BIGINT');
