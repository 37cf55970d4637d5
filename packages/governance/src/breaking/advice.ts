import type { Change } from './compare-documents.ts';

export type Semver = 'major' | 'minor' | 'patch';
export type Bump = Semver | 'none' | 'down' | 'unknown';

/** What `info.version` did, and whether it did enough. */
export interface VersionAdvice {
  readonly old: string;
  readonly new: string;
  readonly bump: Bump;
  /** Below 1.0.0 the middle number is raised for breaks. What is no version in numbers is believed when it changed. */
  readonly enough: boolean;
}

/** Breaks need a major version, additions a minor one. */
export function semverOf(changes: readonly (Pick<Change, 'level'> & { readonly adds: boolean })[]): Semver {
  if (changes.some(({ level }) => level === 'error')) return 'major';
  return changes.some(({ level, adds }) => adds || level === 'warning') ? 'minor' : 'patch';
}

const RANKS: Readonly<Record<Bump, number>> = { major: 3, minor: 2, patch: 1, none: 0, down: -1, unknown: 3 };

export function versionAdvice(
  [old, newer]: readonly [string, string],
  needed: Semver,
  changed: boolean,
): VersionAdvice {
  const bump = bumpOf(old, newer);
  const wanted = needed === 'major' && old.replace(/^v/i, '').startsWith('0.') ? 'minor' : needed;
  const enough = changed ? RANKS[bump] >= RANKS[wanted] : bump !== 'down';
  return { old, new: newer, bump, enough };
}

function bumpOf(old: string, newer: string): Bump {
  if (old === newer) return 'none';
  const [from, to] = [numbersOf(old), numbersOf(newer)];
  if (from === undefined || to === undefined) return 'unknown';
  for (const [index, name] of (['major', 'minor', 'patch'] as const).entries()) {
    const apart = (to[index] ?? 0) - (from[index] ?? 0);
    if (apart !== 0) return apart > 0 ? name : 'down';
  }
  return 'patch'; // nothing but the label of a pre-release or a build
}

function numbersOf(version: string): readonly number[] | undefined {
  const found = /^v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:[-+.].*)?$/i.exec(version);
  return found === null ? undefined : found.slice(1, 4).map((digits) => Number(digits ?? 0));
}
