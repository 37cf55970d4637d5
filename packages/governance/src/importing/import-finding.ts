export interface ImportFinding {
  readonly severity: 'error' | 'warning' | 'info';
  /** JSON Pointer into what was read; of a loss: into the Swagger document. */
  readonly pointer: string;
  /** A sentence, without its full stop. */
  readonly message: string;
}
