/** What becomes of requests when one snapshot takes the place of another. */
export interface Meaning {
  readonly changes: readonly MeaningChange[];
}

/**
 * `route`: where requests go, or that nothing answers them · `policy`: what is done to them · `access`: who may call, and
 * how much · `upstream`: how services are reached · `model`: what model calls get · `gateway`: how callers reach the gate,
 * and who is told of calls.
 */
export type MeaningArea = 'route' | 'policy' | 'access' | 'upstream' | 'model' | 'gateway';

export interface MeaningChange {
  readonly area: MeaningArea;
  readonly change: 'added' | 'removed' | 'changed';
  /** Whom it concerns: an api, a plan, an application, an upstream, a model. */
  readonly subject: string;
  /** What changes, without any secret: `access: key → open`. */
  readonly detail: string;
  /** Requests that it concerns, as `GET /v1/users`; absent where it is not about some of them. */
  readonly requests?: readonly string[];
}
