import { after } from './after.ts';
import { keysFor, type KeySource } from './issuer.ts';
import type { Jws } from './jws.ts';
import type { KeySet } from './key-set.ts';
import { claimProblem, type ClaimProblem, type ClaimRules } from './token-claims.ts';

export interface TokenRules extends ClaimRules {
  /** Of those that the keys are for; undefined: all. */
  readonly algorithms: ReadonlySet<string> | undefined;
  /** `typ` of the header, such as `at+jwt`. */
  readonly type: string | undefined;
}

/** A token that is believed, and the keys that it was believed by. */
export interface VerifiedToken {
  readonly jws: Jws;
  readonly keys: KeySet;
}

const NOT_SIGNED: ClaimProblem = { code: 'auth.invalid', detail: 'nobody who is known here signed the token' };
const OTHER_TYPE: ClaimProblem = { code: 'auth.invalid', detail: 'the token is of another kind' };

/** At once where the keys are in hand. Throws or rejects with `auth.unavailable` where they are not to be had. */
export function verifyToken(
  jws: Jws,
  { source, rules, nowMs }: { readonly source: KeySource; readonly rules: TokenRules; readonly nowMs: number },
): VerifiedToken | ClaimProblem | Promise<VerifiedToken | ClaimProblem> {
  const { algorithms, type } = rules;
  if (type !== undefined && mediaType(jws.type) !== mediaType(type)) return OTHER_TYPE;
  if (algorithms !== undefined && !algorithms.has(jws.algorithm)) return NOT_SIGNED;
  return after(keysFor(source, jws), (keys): VerifiedToken | ClaimProblem => {
    if (!keys.candidates(jws).some((key) => key.verifies(jws))) return NOT_SIGNED;
    return claimProblem(jws.claims, rules, nowMs) ?? { jws, keys };
  });
}

/** RFC 7515 §4.1.9: any case, and `application/` goes without saying. */
function mediaType(text: string | undefined): string | undefined {
  return text?.toLowerCase().replace(/^application\//, '');
}
