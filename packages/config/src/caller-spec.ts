export interface LimitSpec {
  readonly limit: number;
  readonly windowMs: number;
}

export interface QuotaSpec {
  readonly calls: number;
  readonly per: 'hour' | 'day' | 'week' | 'month' | 'year';
}

/** How a credential that is no key is recognised. */
export type CredentialMatch =
  /** A PHC string of argon2id. */
  | { readonly kind: 'basic'; readonly username: string; readonly argon2: string }
  /** Tokens of `issuer` that were given to the client (or, without one, the subject) `id`; `*`: to any. */
  | { readonly kind: 'client'; readonly issuer: string; readonly id: string }
  | { readonly kind: 'certificate'; readonly sha256: string }
  | { readonly kind: 'certificate'; readonly subject: string }
  /** `key`: a public key as PEM, or a shared secret; never logged, never in the version hash. */
  | { readonly kind: 'signature'; readonly keyId: string; readonly algorithm: string; readonly key: string };

export interface CredentialSpec {
  /** Lower-case hex SHA-256 of the key; '' where `match` says how it is recognised instead. */
  readonly sha256: string;
  readonly match?: CredentialMatch;
  readonly name: string;
  /** Whom it was given to. */
  readonly owner: string | undefined;
  /** From then on it is refused, ms since the epoch. */
  readonly expiresMs: number | undefined;
  readonly application: string;
  readonly team: string | undefined;
  /** By api name. */
  readonly subscriptions: Readonly<Record<string, SubscriptionSpec>>;
  /** Model aliases that this application may call; `undefined`: no AI access at all; `*` in the list: all. */
  readonly models: readonly string[] | undefined;
  /** Prompts that it may call, whatever their model; `*` in the list: all. No list: those whose model it may call. */
  readonly prompts?: readonly string[];
  /** Limits on the tokens of all model calls of the application. */
  readonly tokenLimits: readonly TokenLimitSpec[];
  /** Plans whose budgets its model calls are charged to; absent where there are none. */
  readonly modelPlans?: readonly string[];
}

/** An operation with the whole path that callers ask for; `*`: any method, or any rest of a path. */
export interface OperationSpec {
  readonly method: string;
  readonly path: string;
}

export interface PlanGrant {
  readonly api: string;
  readonly product: string;
  readonly version: string;
  /** Left out: all of them. */
  readonly operations?: readonly OperationSpec[];
}

export interface PlanSpec {
  /** What can be subscribed to under it: an api, the product that this is a version of, and which. */
  readonly grants: readonly PlanGrant[];
  readonly limits: readonly LimitSpec[];
  readonly quota: QuotaSpec | undefined;
  readonly models?: PlanModelSpec;
}

export interface PlanModelSpec {
  readonly models: readonly string[];
  readonly prompts?: readonly string[];
  readonly tokenLimits: readonly TokenLimitSpec[];
}

export interface SubscriptionSpec {
  /** `<application>/<api>`. */
  readonly id: string;
  readonly plan: string | undefined;
  readonly limits: readonly LimitSpec[];
  readonly quota: QuotaSpec | undefined;
  /** What of the api may be called; left out: all of it. */
  readonly operations?: readonly OperationSpec[];
}

export interface TokenLimitSpec {
  readonly tokens: number;
  readonly windowMs: number;
}
