import { hash32, type Hash64 } from '@gatehouse/kernel';

/** The key of `text` below a prefix, without hashing the prefix again. */
export function keyUnder(prefix: Hash64, text: string): Hash64 {
  return { high: hash32(text, prefix.high), low: hash32(text, prefix.low) };
}
