import type { Spot, Spotter } from '../../policy.ts';

/** Shorter ones stand in texts by chance. */
const CHARS_MIN = 8;
/** A cookie may hold a page of them. */
const VALUES_MAX = 64;

/** What somebody has shown in masked fields, such as the token behind `Bearer`, as it may stand in a body again. */
export function credentialValues(fields: readonly string[]): readonly string[] {
  const values = new Set<string>();
  for (const field of fields) {
    for (const part of [field, ...field.split(/[\s;,="]+/)]) {
      if (part.length >= CHARS_MIN && values.size < VALUES_MAX) values.add(part);
    }
  }
  return [...values];
}

/** Finds these values, word for word. */
export function valueSpotter(values: readonly string[]): Spotter {
  return (text, goesOn) => {
    const spots: Spot[] = [];
    for (const value of values) {
      for (let start = text.indexOf(value); start >= 0; start = text.indexOf(value, start + value.length))
        spots.push({ kind: 'credential', start, end: start + value.length });
    }
    return {
      spots,
      decided: goesOn ? Math.min(...values.map((value) => begunAt(text, value)), text.length) : text.length,
    };
  };
}

/** Where the text ends with a beginning of the value. */
function begunAt(text: string, value: string): number {
  for (let at = Math.max(0, text.length - value.length + 1); at < text.length; at++) {
    if (value.startsWith(text.slice(at))) return at;
  }
  return text.length;
}
