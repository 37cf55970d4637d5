/** One call of an api, as somebody has recorded it. */
export interface Sample {
  readonly method: string;
  /** As it was sent, percent-encoded, without its query. */
  readonly path: string;
  /** With or without its question mark. */
  readonly query?: string;
  readonly status: number;
  /** A value that was JSON, or a text; undefined: none, or nobody has kept it. */
  readonly requestBody?: unknown;
  readonly requestContentType?: string;
  readonly responseBody?: unknown;
  /** Of the reply. */
  readonly contentType?: string;
}
