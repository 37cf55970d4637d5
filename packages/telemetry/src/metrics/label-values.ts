import { ERRORS, isErrorCode } from '@gatehouse/kernel';
import { OTHER } from './series-family.ts';

/* What of a record may become a label: never what a caller can make up. */

/** As OpenTelemetry calls what is no method that everybody knows. */
const OTHER_METHOD = '_OTHER';
const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'CONNECT',
  'TRACE',
]);
const STATUSES = Array.from({ length: 600 }, (_, status) => String(status));
const STATUS_MIN = 100;
const CLASSES = ['', '1xx', '2xx', '3xx', '4xx', '5xx'];

export const methodLabel = (method: string): string => (METHODS.has(method) ? method : OTHER_METHOD);

/** Upstreams may answer with any three digits. */
export const statusLabel = (status: number): string => (status >= STATUS_MIN ? (STATUSES[status] ?? OTHER) : OTHER);

export const statusClassLabel = (status: number): string => CLASSES[Math.floor(status / 100)] || OTHER;

export interface CodeLabels {
  readonly code: string;
  readonly blame: string;
}

/** Plugins have codes of their own. */
export function codeLabels(code: string): CodeLabels {
  return isErrorCode(code) ? { code, blame: ERRORS[code].blame } : { code: OTHER, blame: OTHER };
}

const CACHE_OUTCOMES: ReadonlySet<string> = new Set([
  'hit',
  'stale',
  'collapsed',
  'similar',
  'miss',
  'uri-miss',
  'vary-miss',
  'partial',
  'request',
  'method',
  'bypass',
]);

/** Of a word (`hit`), or of what `Cache-Status` says of answers of models (`gatehouse; fwd=miss; stored`). */
export function cacheLabel(cacheStatus: string): string {
  if (CACHE_OUTCOMES.has(cacheStatus)) return cacheStatus;
  if (cacheStatus.includes('; detail=semantic')) return 'similar';
  if (cacheStatus.includes('; hit')) return 'hit';
  if (/; collapsed(?:;|$)/.test(cacheStatus)) return 'collapsed';
  const word = /; fwd=([a-z-]+)/.exec(cacheStatus)?.[1] ?? '';
  return CACHE_OUTCOMES.has(word) ? word : OTHER;
}
