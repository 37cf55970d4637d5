/**
 * What was seen of one exchange that was held against the document of its api. Holds names, shapes and places, and no
 * value but words that stand where the document has a list of words.
 */
export interface Observation {
  /** Start of the exchange, ms since the epoch. */
  readonly time: number;
  readonly worker: number;
  readonly api: string;
  readonly version: string;
  readonly route: string;
  /** Which text of the document it was held against: see `documentFingerprint`. */
  readonly document: string;
  readonly method: string;
  /** `GET /users/{id}` as the document has it; undefined: it describes none that fits. */
  readonly operation?: string | undefined;
  /** Below the base path, and only where there is no operation; records hold it too. */
  readonly path?: string | undefined;
  readonly status: number;
  /** Ways in which the caller said who it is: `bearer`, `basic`, `header x-api-key`, `query key`, `tls`; none: []. */
  readonly shown: readonly string[];
  /** Ways that the gate takes for it; none: the route is open. */
  readonly asked: readonly string[];
  /** The way in which the gate found out who calls. */
  readonly known?: string | undefined;
  /** Parts of the document that were there, each as a `where`. */
  readonly seen: readonly string[];
  readonly findings: readonly ObservedFinding[];
}

/** Something that the document does not say, or says otherwise. */
export interface ObservedFinding {
  readonly kind: DriftKind;
  /**
   * `query limit`, `header if-match`, `path id`, `cookie a`, `request application/json /name`, `reply 200`, or
   * `reply 200 application/json /items/…/email`: the status as the document has it, the media type, and a JSON Pointer in
   * which a star stands for any item or member.
   */
  readonly where: string;
  /** The word of the schema that was broken, such as `maxLength`. */
  readonly rule?: string | undefined;
  /** The word that no list has, or the status or the media type that is not described. */
  readonly value?: string | undefined;
  /** What stood there. */
  readonly shape?: FieldShape | undefined;
}

export const DRIFT_KINDS = [
  'undeclared-status',
  'undeclared-content-type',
  'undeclared-parameter',
  'undeclared-body',
  'unknown-field',
  'missing-required',
  'enum-value',
  'type',
  'constraint',
] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** The types of values, and of what is in them. */
export interface FieldShape {
  readonly types: readonly string[];
  readonly members?: Readonly<Record<string, FieldShape>>;
  readonly items?: FieldShape;
}
