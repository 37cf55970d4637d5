import { parseDuration } from '@gatehouse/kernel';
import type { ExchangeRecord } from '../exchange-record.ts';
import { jsonText } from '../json-text.ts';
import { parseStatuses } from './status-range.ts';
import type { StatusRange } from './status-range.ts';

/** What `gatehouse logs` takes, as it was typed. */
export interface FilterOptions {
  /** `404`, `5xx`, `>=400`, or several with commas. */
  readonly status?: string;
  readonly api?: string;
  readonly route?: string;
  readonly application?: string;
  readonly method?: string;
  /** A prefix. */
  readonly path?: string;
  /** A code such as `limit.rate`, or a family such as `limit`. */
  readonly code?: string;
  /** As asked for, as served, or `provider/model`. */
  readonly model?: string;
  /** A duration back from now such as `10m`, or a time in ISO 8601. */
  readonly since?: string;
  readonly id?: string;
  /** Stop after this many records. */
  readonly limit?: string | number;
}

export interface RecordFilter {
  readonly sinceMs: number | undefined;
  readonly limit: number | undefined;
  /** Cheap and never wrong about a match: lines without one of these texts need not be parsed. */
  mayMatch(line: string): boolean;
  matches(record: ExchangeRecord): boolean;
}

type Test = (record: ExchangeRecord) => boolean;
const ISO = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d.*)?$/;

/** Either the filter or what is wrong with an option, in words for the person who typed it. */
export function parseFilter(
  options: FilterOptions,
  nowMs: number,
): { readonly filter: RecordFilter } | { readonly problem: string } {
  const statuses = options.status === undefined ? [] : parseStatuses(options.status);
  if (statuses === undefined) return { problem: `status ${quote(options.status)}: write 404, 5xx, >=400 or 404,5xx` };
  const sinceMs = options.since === undefined ? undefined : parseSince(options.since, nowMs);
  if (Number.isNaN(sinceMs))
    return {
      problem: `since ${quote(options.since)}: write a duration such as 10m or a time such as 2026-01-31T08:00:00Z`,
    };
  const limit = options.limit === undefined ? undefined : Number(options.limit);
  if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 1))
    return { problem: `limit ${quote(options.limit)}: write a whole number from 1` };
  const tests = testsOf(options, { statuses, sinceMs });
  const needles = needlesOf(options);
  const mayMatch = (line: string): boolean => needles.every((needle) => line.includes(needle));
  return { filter: { sinceMs, limit, mayMatch, matches: (record) => tests.every((test) => test(record)) } };
}

function testsOf(
  options: FilterOptions,
  parsed: { readonly statuses: readonly StatusRange[]; readonly sinceMs: number | undefined },
): readonly Test[] {
  const { api, route, application, path, code, model, id } = options;
  const { statuses, sinceMs } = parsed;
  const method = options.method?.toUpperCase();
  const tests: Test[] = [];
  if (statuses.length > 0) tests.push(({ status }) => statuses.some(({ min, max }) => status >= min && status <= max));
  if (sinceMs !== undefined) tests.push((record) => record.time + record.durationMs >= sinceMs);
  if (id !== undefined) tests.push((record) => record.id === id);
  if (api !== undefined) tests.push((record) => record.api === api);
  if (route !== undefined) tests.push((record) => record.route === route);
  if (application !== undefined) tests.push((record) => record.application === application);
  if (method !== undefined) tests.push((record) => record.method.toUpperCase() === method);
  if (path !== undefined) tests.push((record) => record.path.startsWith(path));
  if (code !== undefined) tests.push((record) => record.code === code || record.code?.startsWith(`${code}.`) === true);
  if (model !== undefined) tests.push((record) => isModel(record, model));
  return tests;
}

function isModel({ aiModelAsked, aiProvider, aiModel }: ExchangeRecord, model: string): boolean {
  return aiModelAsked === model || aiModel === model || (aiModel !== undefined && `${aiProvider}/${aiModel}` === model);
}

/** Lines are written by `recordLine`, so a field can only look like this. */
function needlesOf(options: FilterOptions): readonly string[] {
  const { id, api, route, application, path, code } = options;
  const needles: string[] = [];
  for (const [name, value] of Object.entries({ id, api, route, application })) {
    if (value !== undefined) needles.push(`"${name}":"${jsonText(value)}"`);
  }
  for (const [name, value] of Object.entries({ path, code })) {
    if (value !== undefined) needles.push(`"${name}":"${jsonText(value)}`);
  }
  return needles;
}

/** NaN when it is neither a duration nor a time. */
function parseSince(text: string, nowMs: number): number {
  const back = parseDuration(text);
  if (back !== undefined) return nowMs - back;
  return ISO.test(text) ? Date.parse(text) : Number.NaN;
}

function quote(value: string | number | undefined): string {
  return JSON.stringify(value);
}
