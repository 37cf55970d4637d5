import { randomFillSync } from 'node:crypto';

const RANDOM_CHARS = 18;
const POOL_BYTES = 9 * 512;
const pool = Buffer.alloc(POOL_BYTES);
let random = '';
let used = 0;

/**
 * A request id: 9 characters of time (ms, base 32, so ids sort by age) and 18 of randomness (hex, 72 bits).
 * Random characters are made for 512 ids at once, which makes an id a slice and a concatenation.
 */
export function newRequestId(nowMs: number): string {
  if (used === random.length) {
    random = randomFillSync(pool).toString('hex');
    used = 0;
  }
  used += RANDOM_CHARS;
  return timePrefix(nowMs) + random.slice(used - RANDOM_CHARS, used);
}

let prefixMs = -1;
let prefix = '';

function timePrefix(nowMs: number): string {
  if (nowMs !== prefixMs) {
    prefixMs = nowMs;
    prefix = Math.floor(nowMs).toString(32).padStart(9, '0');
  }
  return prefix;
}

/** May an id that a caller sent be kept? 1 to 128 characters that need no escaping in a header, a log or a URL. */
export function isRequestId(value: string): boolean {
  return value.length > 0 && value.length <= 128 && /^[A-Za-z0-9._:+/=@-]+$/.test(value);
}
