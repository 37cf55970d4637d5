/** What a rule has found for one key at one look. */
export interface Reading {
  /** What it is about: `{"application": "mobile"}`; empty for a rule that tells nothing apart. */
  readonly labels: Labels;
  /** Null: there was nothing to make a number of. */
  readonly value: number | null;
  readonly isBreached: boolean;
  /** For people: what the number means, such as `0.12, above 0.05`. */
  readonly note: string;
}

export type Labels = Readonly<Record<string, string>>;

export interface Readings {
  readonly items: readonly Reading[];
  /** Whether there were more keys than are looked at. */
  readonly isCut: boolean;
}

/** The same for the same labels. */
export function keyOf(labels: Labels): string {
  const sorted = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map((pair) => JSON.stringify(pair)).join(' ');
}
