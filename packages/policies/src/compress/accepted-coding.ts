import type { Coding } from './schema.ts';

/** Of one coding in `Accept-Encoding`, or of all others by `*`; RFC 9110 §12.5.3. Absent means not named. */
type Weights = ReadonlyMap<string, number>;

/** The offered coding that a caller likes best and not less than no coding at all; ties go to what is offered first. */
export function acceptedCoding(header: string | undefined, offered: readonly Coding[]): Coding | undefined {
  if (header === undefined) return undefined;
  const weights = weightsIn(header);
  const rest = weights.get('*');
  // Plain is acceptable unless it is said not to be, and as welcome as what nobody named a weight for is not.
  const plain = weights.get('identity') ?? 0;
  let best: Coding | undefined;
  let bestWeight = 0;
  for (const coding of offered) {
    const weight = weights.get(coding) ?? (coding === 'gzip' ? weights.get('x-gzip') : undefined) ?? rest ?? 0;
    if (weight > bestWeight && weight >= plain) {
      best = coding;
      bestWeight = weight;
    }
  }
  return best;
}

function weightsIn(header: string): Weights {
  const weights = new Map<string, number>();
  for (const part of header.split(',')) {
    const match = /^\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/i.exec(part);
    if (match?.[1] !== undefined) weights.set(match[1].toLowerCase(), Number(match[2] ?? 1));
  }
  return weights;
}
