import { governing, seconds } from './directives.ts';
import { httpTime } from './http-time.ts';
import { headerOf, type HeaderOf, type StoredReply } from './stored-reply.ts';

export interface FreshnessOptions {
  /** For replies that say nothing, ms; 0 for none. */
  readonly ttlMs: number;
  /** For statuses of failure that say nothing, ms. */
  readonly negativeTtlMs: number;
  /** Share of a reply's age at its last change that it is taken to live on; 0 for none. */
  readonly heuristic: number;
}

/** RFC 9110 §15.1. */
const HEURISTIC: ReadonlySet<number> = new Set([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501]);
const HEURISTIC_MS_MAX = 86_400_000;

/** Does the reply say by itself for how long it is good? */
export function isExplicit(header: HeaderOf): boolean {
  const { directives, targeted } = governing(header);
  return directives.has('s-maxage') || directives.has('max-age') || (!targeted && header('expires') !== undefined);
}

/** RFC 9111 §4.2.1, ms. */
export function lifetimeMs(
  reply: Pick<StoredReply, 'status' | 'fields' | 'responseMs'>,
  options: FreshnessOptions,
): number {
  const header = headerOf(reply.fields);
  const { directives, targeted } = governing(header);
  const told = seconds(directives, 's-maxage') ?? seconds(directives, 'max-age');
  if (told !== undefined) return told * 1000;
  const expires = targeted ? undefined : header('expires');
  const dateMs = httpTime(header('date'), reply.responseMs) ?? reply.responseMs;
  if (expires !== undefined) return Math.max(0, (httpTime(expires, reply.responseMs) ?? 0) - dateMs);
  const byDefault = reply.status >= 400 ? options.negativeTtlMs : options.ttlMs;
  if (byDefault > 0) return byDefault;
  if (options.heuristic === 0 || !(HEURISTIC.has(reply.status) || directives.has('public'))) return 0;
  const modifiedMs = httpTime(header('last-modified'), reply.responseMs);
  if (modifiedMs === undefined) return 0;
  return Math.min(HEURISTIC_MS_MAX, Math.max(0, (dateMs - modifiedMs) * options.heuristic));
}

/** RFC 9111 §4.2.3, ms. An `Age` that is not one number makes a reply as old as can be. */
export function ageMs({ fields, requestMs, responseMs }: StoredReply, nowMs: number): number {
  const header = headerOf(fields);
  const age = header('age');
  if (age !== undefined && !/^\d{1,15}$/.test(age)) return Infinity;
  const dateMs = httpTime(header('date'), responseMs);
  const apparentMs = dateMs === undefined ? 0 : Math.max(0, responseMs - dateMs);
  const correctedMs = Number(age ?? 0) * 1000 + (responseMs - requestMs);
  return Math.max(apparentMs, correctedMs) + Math.max(0, nowMs - responseMs);
}

export function isHeuristic(status: number): boolean {
  return HEURISTIC.has(status);
}
