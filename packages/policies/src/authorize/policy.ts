import { definePolicy } from '../define-policy.ts';
import type { Principal, Reply } from '../policy.ts';
import type { Config } from './schema.ts';

export const authorize = definePolicy({
  name: 'authorize',
  stage: 'admit',
  build(config: Config) {
    const claims = Object.entries(config.claims);
    const scoped = [...config.scopes, ...config.scopesAny].join(' ');
    return {
      onRequest({ principal }) {
        // Where access is open nobody need have shown who calls; whoever has not has no rights either.
        if (principal === undefined) return NOBODY;
        if (!hasAll(principal.scopes, config.scopes) || !hasAny(principal.scopes, config.scopesAny)) {
          return insufficientScope(scoped);
        }
        if (!hasAll(principal.groups, config.groups) || !hasAny(principal.groups, config.groupsAny))
          return NOT_IN_GROUP;
        if (!hasAny([principal.application], config.applications)) return NOT_ALLOWED;
        return claims.every(([name, value]) => hasClaim(principal, name, value)) ? undefined : NOT_ALLOWED;
      },
    };
  },
});

const NOBODY: Reply = { code: 'auth.missing', detail: 'this call needs to know who makes it' };
const NOT_IN_GROUP: Reply = { code: 'auth.forbidden', detail: 'the caller is not in a group that may do this' };
const NOT_ALLOWED: Reply = { code: 'auth.forbidden', detail: 'the caller may not do this' };

/** RFC 6750 §3.1: the scopes that would do are told, so that a client can ask for them. */
function insufficientScope(scopes: string): Reply {
  const challenge = `Bearer realm="gatehouse", error="insufficient_scope", scope="${scopes}"`;
  return {
    code: 'auth.forbidden',
    detail: 'the caller lacks a scope that this needs',
    headers: [['www-authenticate', challenge]],
  };
}

function hasAll(own: readonly string[], asked: readonly string[]): boolean {
  return asked.every((name) => own.includes(name));
}

function hasAny(own: readonly string[], asked: readonly string[]): boolean {
  return asked.length === 0 || asked.some((name) => own.includes(name));
}

function hasClaim({ claims }: Principal, name: string, value: string | number | boolean): boolean {
  const own = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return own === value || (Array.isArray(own) && own.includes(value));
}
