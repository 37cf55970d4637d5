import { slot } from './slot.ts';

/** 32-bit FNV-1a with a final avalanche; for tables, never for security. */
export function hash32(text: string, seed = 0): number {
  let h = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

/** Two independent 32-bit halves: enough that keys of one table do not meet by chance. */
export interface Hash64 {
  readonly high: number;
  readonly low: number;
}

export function hash64(text: string): Hash64 {
  return { high: hash32(text, 0x9e3779b9), low: hash32(text) };
}

/** Fractions in [0, 1) from a 32-bit state; small and seedable, for balancing and jitter, never for security. */
export function randomFrom(seed: number): () => number {
  const state = new Uint32Array([seed]);
  return () => {
    let t = (state[0] = (slot(state, 0) + 0x6d2b79f5) | 0);
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
