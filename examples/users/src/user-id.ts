/** `count` random bytes; an argument so that tests decide them. */
export type Random = (count: number) => Uint8Array;

export interface UserIdOptions {
  readonly nowMs: number;
  readonly random: Random;
  /** The greatest id given so far. */
  readonly last?: string | undefined;
}

const PREFIX = 'usr_';
const TIME_LENGTH = 10;
const RANDOM_LENGTH = 16;
/** Crockford's base 32, whose letters ascend in ASCII and hold no i, l, o or u. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * An id greater than `last`: 10 characters of time and 16 of randomness (80 bits).
 * Called inside a write transaction it makes ids ascend in commit order, even with two instances whose clocks
 * disagree; without that, a page could pass over a user who is committed later under a lesser id.
 */
export function nextUserId(options: UserIdOptions): string {
  const { nowMs, random, last } = options;
  const id = PREFIX + encodeTime(nowMs) + Array.from(random(RANDOM_LENGTH), digit).join('');
  return last === undefined || id > last ? id : PREFIX + increment(last.slice(PREFIX.length));
}

function encodeTime(nowMs: number): string {
  let rest = Math.max(0, Math.floor(nowMs));
  let encoded = '';
  for (let i = 0; i < TIME_LENGTH; i++) {
    encoded = digit(rest % 32) + encoded;
    rest = Math.floor(rest / 32);
  }
  return encoded;
}

function increment(digits: string): string {
  const kept = digits.replace(/z+$/, '');
  if (kept === '') throw new RangeError('no user id is left');
  const next = digit(ALPHABET.indexOf(kept.slice(-1)) + 1);
  return kept.slice(0, -1) + next + '0'.repeat(digits.length - kept.length);
}

function digit(value: number): string {
  return ALPHABET.charAt(value & 31);
}
