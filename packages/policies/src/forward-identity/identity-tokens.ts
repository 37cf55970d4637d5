import { sign } from 'node:crypto';
import { identityKey, type IdentityKey } from '@gatehouse/kernel';
import { BoundedMap } from '../bounded-map.ts';
import { milliseconds } from '../parsed-units.ts';
import type { PolicyRuntime, Principal } from '../policy.ts';
import type { TokenConfig } from './schema.ts';

const KEPT_MAX = 1000;

interface Kept {
  readonly token: string;
  readonly untilMs: number;
}

/** Tokens of the gate's own about callers; each is used again for half of its time. */
export class IdentityTokens {
  readonly header: string;
  readonly #config: TokenConfig;
  readonly #ttlMs: number;
  readonly #key: IdentityKey;
  readonly #head: string;
  readonly #kept = new BoundedMap<Kept>(KEPT_MAX);

  constructor(config: TokenConfig, runtime: Pick<PolicyRuntime, 'secret'>) {
    this.header = config.header.toLowerCase();
    this.#config = config;
    this.#ttlMs = milliseconds(config.ttl);
    this.#key = identityKey((purpose) => runtime.secret(purpose));
    this.#head = encoded({ alg: 'EdDSA', typ: 'JWT', kid: this.#key.id });
  }

  of(principal: Principal, nowMs: number): string {
    const facts = this.#facts(principal);
    const key = JSON.stringify(facts);
    const kept = this.#kept.get(key);
    if (kept !== undefined && nowMs < kept.untilMs) return kept.token;
    const token = this.#signed(facts, nowMs);
    this.#kept.set(key, { token, untilMs: nowMs + this.#ttlMs / 2 });
    return token;
  }

  #facts({ subject, application, credential, team, plan, method, scopes, groups, claims }: Principal) {
    const repeated = this.#config.claims.filter((name) => Object.hasOwn(claims, name));
    return {
      ...Object.fromEntries(repeated.map((name) => [name, claims[name]])),
      sub: subject,
      // Two issuers may call two people alike.
      idp: typeof claims['iss'] === 'string' ? claims['iss'] : undefined,
      method,
      application: application === '' ? undefined : application,
      credential: credential === '' ? undefined : credential,
      team,
      plan,
      scope: scopes.length === 0 ? undefined : scopes.join(' '),
      groups: groups.length === 0 ? undefined : groups,
    };
  }

  #signed(facts: object, nowMs: number): string {
    const iat = Math.floor(nowMs / 1000);
    const exp = Math.ceil((nowMs + this.#ttlMs) / 1000);
    const { issuer: iss, audience: aud } = this.#config;
    const input = `${this.#head}.${encoded({ ...facts, iss, aud, iat, exp })}`;
    return `${input}.${sign(null, Buffer.from(input), this.#key.privateKey).toString('base64url')}`;
  }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
