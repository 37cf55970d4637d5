/** An operation with what may be answered for it. */
export interface Mock {
  readonly method: string;
  /** With the base path. */
  readonly path: string;
  readonly answers: readonly MockAnswer[];
}

export interface MockAnswer {
  /** `200`, `2XX` or `default`. */
  readonly status: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly media: readonly MockMedia[];
}

export interface MockMedia {
  readonly type: string;
  readonly examples: readonly MockExample[];
}

export interface MockExample {
  /** '' for the only one. */
  readonly name: string;
  readonly body: string;
}
