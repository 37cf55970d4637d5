import { SinkError, type SinkRetry } from '../sink.ts';
import type { Posted } from './http-post.ts';

/** Statuses after which the same batch may fare better. */
export interface RetryRules {
  readonly later: (status: number) => boolean;
}

/** Any receiver by HTTP: it may be busy, slow or broken for a while. */
export const HTTP_RULES: RetryRules = { later: (status) => status === 408 || status === 429 || status >= 500 };
/** OTLP 1.x, "Failures": these and no others. */
export const OTLP_RULES: RetryRules = { later: (status) => [429, 502, 503, 504].includes(status) };

/** What an answer other than 2xx means for the batch; `undefined` for one that takes it. */
export function answerProblem(answer: Posted, rules: RetryRules, nowMs: number): SinkError | undefined {
  const { status } = answer;
  if (status >= 200 && status < 300) return undefined;
  const retry = retryOf(status, rules);
  const retryAfterMs = retry === 'later' ? retryAfter(answer.retryAfter, nowMs) : undefined;
  return new SinkError(`answered ${status}${detailOf(answer)}`, { retry, retryAfterMs });
}

function retryOf(status: number, rules: RetryRules): SinkRetry {
  if (status === 413) return 'smaller';
  return rules.later(status) ? 'later' : 'never';
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

const DETAIL_CHARS_MAX = 200;

/** The beginning of what it says, on one line. */
function detailOf({ contentType, body }: Posted): string {
  if (!/^(?:text\/|application\/(?:[a-z.]+\+)?json)/i.test(contentType)) return '';
  const text = body
    .toString('utf8')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return text === '' ? '' : `: ${text.slice(0, DETAIL_CHARS_MAX)}`;
}
