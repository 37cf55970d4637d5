/** What a token must say besides being signed. */
export interface ClaimRules {
  /** Undefined: anybody may have issued it. */
  readonly issuer: string | undefined;
  /** One of them must be meant; undefined: whoever it is meant for. */
  readonly audience: readonly string[] | undefined;
  readonly leewayMs: number;
  readonly requireExp: boolean;
  readonly required: readonly string[];
}

export type Claims = Readonly<Record<string, unknown>>;

export interface ClaimProblem {
  readonly code: 'auth.invalid' | 'auth.expired';
  /** Quotes nothing of the token. */
  readonly detail: string;
}

const invalid = (detail: string): ClaimProblem => ({ code: 'auth.invalid', detail });

/** RFC 7519 §4.1. A claim of another type than it should be is no claim. */
export function claimProblem(claims: Claims, rules: ClaimRules, nowMs: number): ClaimProblem | undefined {
  const own = (name: string): unknown => (Object.hasOwn(claims, name) ? claims[name] : undefined);
  if (rules.issuer !== undefined && own('iss') !== rules.issuer) return invalid('the token is from another issuer');
  if (rules.audience !== undefined && !isMeant(own('aud'), rules.audience)) {
    return invalid('the token is meant for somebody else');
  }
  const missing = rules.required.find((name) => own(name) === undefined || own(name) === null);
  if (missing !== undefined) return invalid(`the token lacks ${missing}`);
  if (own('sub') !== undefined && typeof own('sub') !== 'string') return invalid('the token has no proper sub');
  return timeProblem({ exp: own('exp'), nbf: own('nbf'), iat: own('iat') }, rules, nowMs);
}

function timeProblem(
  { exp, nbf, iat }: { readonly exp: unknown; readonly nbf: unknown; readonly iat: unknown },
  { leewayMs, requireExp }: ClaimRules,
  nowMs: number,
): ClaimProblem | undefined {
  if (exp === undefined && requireExp) return invalid('the token lacks exp');
  if (![exp, nbf, iat].every((time) => time === undefined || isTime(time))) {
    return invalid('the token has a time that is none');
  }
  if (isTime(exp) && nowMs >= exp * 1000 + leewayMs) return { code: 'auth.expired', detail: 'the token has expired' };
  if (isTime(nbf) && nowMs < nbf * 1000 - leewayMs) return invalid('the token is not valid yet');
  if (isTime(iat) && nowMs < iat * 1000 - leewayMs) return invalid('the token is from the future');
  return undefined;
}

/** From when on a token is not believed any more, ms since the epoch. */
export function endOf({ exp }: Claims, leewayMs: number): number {
  return isTime(exp) ? exp * 1000 + leewayMs : Infinity;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isMeant(aud: unknown, wanted: readonly string[]): boolean {
  const meant: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return meant.every((one) => typeof one === 'string') && meant.some((one) => wanted.includes(one));
}

/** Words of a claim: a list of texts, or a text of words between spaces as `scope` is (RFC 6749 §3.3). Of a name such as `realm_access.roles` also what stands inside. */
export function wordsOf(claims: Claims, name: string): readonly string[] {
  const value = claimAt(claims, name);
  if (typeof value === 'string') return value.split(' ').filter((word) => word !== '');
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
}

/** By its own name, else step by step at the dots. */
export function claimAt(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const step of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Object.entries(value).find(([key]) => key === step)?.[1];
  }
  return value;
}

/** Whom it was given to: `azp`, `client_id`, and of tokens with neither the `sub`. */
export function clientOf({ azp, client_id: clientId, sub }: Claims): string | undefined {
  return [azp, clientId, sub].find((value) => typeof value === 'string');
}

export function subjectOf({ sub }: Claims): string | undefined {
  return typeof sub === 'string' ? sub : undefined;
}
