/** The two headers that say how long to wait, as they came. */
export interface RetryHeaders {
  readonly retryAfter: string | undefined;
  /** `retry-after-ms`, which some providers send because seconds are coarse. */
  readonly retryAfterMs: string | undefined;
}

/** How long a provider asks to wait, in ms from `now` (ms since the epoch); `undefined` when it does not say. */
export function readRetryAfter({ retryAfter, retryAfterMs }: RetryHeaders, now: number): number | undefined {
  if (retryAfterMs !== undefined && NUMBER.test(retryAfterMs)) return Math.ceil(Number(retryAfterMs));
  if (retryAfter === undefined) return undefined;
  if (NUMBER.test(retryAfter)) return Math.ceil(Number(retryAfter) * 1000);
  const at = HTTP_DATE.test(retryAfter) ? Date.parse(retryAfter) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

const NUMBER = /^\d{1,12}(?:\.\d{1,6})?$/;
/** The one form of date that RFC 9110 lets senders use; `Date.parse` alone would take far more. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
