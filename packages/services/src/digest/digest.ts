/** A number of a day beside what it was. Null: there was nothing to make it of. */
export interface Figure {
  readonly name: 'calls' | 'errors' | 'p95' | 'cost';
  readonly value: number | null;
  /** The day before. */
  readonly before: number | null;
  /** Of the seven days before, a day. */
  readonly week: number | null;
}

export interface Mover {
  readonly api: string;
  readonly calls: number;
  readonly before: number;
}

export interface ObjectiveAtRisk {
  readonly name: string;
  /** Of its error budget, as a share. */
  readonly left: number;
  readonly isFiring: boolean;
}

export interface Ending {
  readonly what: string;
  readonly at: string;
}

export interface DeprecatedCaller {
  readonly version: string;
  readonly application: string;
  /** In the last seven days. */
  readonly calls: number;
}

export interface UnusedKey {
  readonly application: string;
  readonly key: string;
  readonly createdAt: string;
}

/** What a workspace is told of a day. */
export interface Digest {
  readonly workspace: string;
  /** `2026-11-26`, by the clocks of its time zone. */
  readonly day: string;
  readonly figures: readonly Figure[];
  readonly movers: readonly Mover[];
  readonly objectives: readonly ObjectiveAtRisk[];
  readonly endings: readonly Ending[];
  readonly deprecated: readonly DeprecatedCaller[];
  /** Undefined: records do not go back far enough to say. */
  readonly unusedKeys: readonly UnusedKey[] | undefined;
}

export const UNUSED_DAYS = 90;
export const ENDING_DAYS = 14;
