import { sha256Hex } from '@gatehouse/kernel';
import { isObject, namedOf } from '../document/json-value.ts';
import { UnreadableDocument, type SpecDocument } from '../document/spec-document.ts';
import type { Finding } from './finding.ts';

/** How often each finding was there when the baseline was written. */
export type Baseline = ReadonlyMap<string, number>;

/** The same finding after lines moved, and after items came into a list before it. */
export function fingerprintOf({ rule, path, message }: Finding): string {
  const stable = path.replace(/\/\d+(?=\/|$)/g, '/*');
  return sha256Hex(JSON.stringify([rule, stable, message])).slice(0, 16);
}

export function baselineOf(findings: readonly Finding[]): Baseline {
  const counts = new Map<string, number>();
  for (const finding of findings) {
    const print = fingerprintOf(finding);
    counts.set(print, (counts.get(print) ?? 0) + 1);
  }
  return counts;
}

/** What the file of a baseline holds. */
export function baselineText(baseline: Baseline): string {
  const fingerprints = Object.fromEntries([...baseline].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ baseline: 1, fingerprints }, null, 2)}\n`;
}

/** Throws `UnreadableDocument`, with the place. */
export function parseBaseline(document: SpecDocument): Baseline {
  const root = isObject(document.root) ? document.root : {};
  if (root['baseline'] !== 1 || !isObject(root['fingerprints'])) {
    throw new UnreadableDocument('is no baseline that `gatehouse lint --write-baseline` wrote', document.placeOf([]));
  }
  const counts = new Map<string, number>();
  for (const [print, count] of namedOf(root['fingerprints'])) {
    if (typeof count !== 'number' || !(count > 0)) {
      throw new UnreadableDocument('expected a count above 0', document.placeOf(['fingerprints', print]));
    }
    counts.set(print, count);
  }
  return counts;
}

/** What the baseline does not know, or knows less of. */
export function newSince(findings: readonly Finding[], baseline: Baseline): readonly Finding[] {
  const left = new Map(baseline);
  return findings.filter((finding) => {
    const print = fingerprintOf(finding);
    const count = left.get(print) ?? 0;
    left.set(print, count - 1);
    return count <= 0;
  });
}
