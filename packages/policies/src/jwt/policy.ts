import { hash } from 'node:crypto';
import { after } from '../after.ts';
import { BEARER, isFollowedByRival, TokenReader, tokenRefusal, UNAVAILABLE, type ShownToken } from '../bearer.ts';
import { BoundedMap } from '../bounded-map.ts';
import { definePolicy } from '../define-policy.ts';
import { fixedKeys, keysAt, keysOfIssuer, type KeySource } from '../issuer.ts';
import { parseJws, type Jws } from '../jws.ts';
import { secretKey } from '../jws-key.ts';
import { KeySet, keySetOfText } from '../key-set.ts';
import { milliseconds } from '../parsed-units.ts';
import type { Exchange, Identification, Identified, PolicyRuntime, PolicyTools } from '../policy.ts';
import { clientOf, endOf, subjectOf, wordsOf, type ClaimProblem, type Claims } from '../token-claims.ts';
import { verifyToken, type TokenRules, type VerifiedToken } from '../token-verifier.ts';
import type { Config } from './schema.ts';

/** Tokens that were believed, of all such policies of a worker. */
const KNOWN_MAX = 10_000;
/** A token that was believed is looked at again after so long, whatever it says of its end. */
const KNOWN_MS_MAX = 300_000;

interface Known {
  readonly caller: Identified;
  readonly untilMs: number;
  readonly keys: KeySet;
}

export const jwt = definePolicy({
  name: 'jwt',
  stage: 'identify',
  build(config: Config, tools: PolicyTools) {
    const reader = new JwtReader(config, tools);
    return { challenge: BEARER, onIdentify: (exchange) => reader.identify(exchange) };
  },
});

class JwtReader {
  readonly #config: Config;
  readonly #runtime: PolicyRuntime;
  readonly #places: TokenReader;
  readonly #source: KeySource;
  readonly #rules: TokenRules;
  readonly #known: BoundedMap<Known>;
  /** Of this very configuration: others may believe other tokens. */
  readonly #id: string;
  readonly #isLast: boolean;

  constructor(config: Config, tools: PolicyTools) {
    this.#config = config;
    this.#runtime = tools.runtime;
    this.#places = new TokenReader(config.from);
    this.#source = sourceOf(config, tools.runtime);
    this.#rules = rulesOf(config);
    this.#known = tools.runtime.state('jwt', () => new BoundedMap<Known>(KNOWN_MAX));
    this.#id = hash('sha256', JSON.stringify(config), 'base64url');
    this.#isLast = !isFollowedByRival(tools);
  }

  identify(exchange: Exchange): Identification | Promise<Identification> {
    const shown = this.#places.shown(exchange);
    if (shown === undefined) return undefined;
    const key = this.#id + hash('sha256', shown.token, 'base64url');
    const known = this.#recall(key, exchange.startedAt);
    if (known !== undefined) return this.#found(exchange, shown, known);
    const jws = parseJws(shown.token);
    if (!this.#isLast && !this.#isOurs(jws)) return undefined;
    if (jws === undefined) return tokenRefusal('auth.invalid', 'this is no token that is read here');
    const settle = (result: VerifiedToken | ClaimProblem): Identification => {
      if ('code' in result) return tokenRefusal(result.code, result.detail);
      return this.#found(exchange, shown, this.#remember(key, result, exchange.startedAt));
    };
    return this.#verified(jws, exchange.startedAt, settle);
  }

  #verified(
    jws: Jws,
    nowMs: number,
    settle: (result: VerifiedToken | ClaimProblem) => Identification,
  ): Identification | Promise<Identification> {
    try {
      const result = after(verifyToken(jws, { source: this.#source, rules: this.#rules, nowMs }), settle);
      return result instanceof Promise ? result.catch(() => UNAVAILABLE) : result;
    } catch {
      // Whoever has the keys could not be asked; the log says why.
      return UNAVAILABLE;
    }
  }

  /** Where another policy may know the token: by what it says, which is believed by nobody yet. */
  #isOurs(jws: Jws | undefined): boolean {
    return jws !== undefined && (this.#config.issuer === undefined || jws.claims['iss'] === this.#config.issuer);
  }

  #found(exchange: Exchange, shown: ShownToken, caller: Identified): Identification {
    const fields = this.#config.forward ? [] : this.#places.hidden(exchange, shown);
    // Looked up each time: what an application may do changes with the snapshot, while the token stays the same.
    return { caller: { ...caller, credential: this.#credentialOf(caller.claims ?? {}), fields } };
  }

  #credentialOf(claims: Claims): Identified['credential'] {
    const { issuer } = this.#config;
    return issuer === undefined ? undefined : this.#runtime.credentials.client(issuer, clientOf(claims));
  }

  /** Keys that are new since then may be fewer. */
  #recall(key: string, nowMs: number): Identified | undefined {
    const known = this.#known.get(key);
    if (known === undefined) return undefined;
    if (nowMs < known.untilMs && this.#keysNow() === known.keys) return known.caller;
    this.#known.delete(key);
    return undefined;
  }

  #keysNow(): KeySet | undefined {
    try {
      const keys = this.#source.keys();
      if (!(keys instanceof Promise)) return keys;
      keys.catch(() => {});
    } catch {
      // Nothing in hand: whoever verifies the token tells the caller.
    }
    return undefined;
  }

  #remember(key: string, { jws, keys }: VerifiedToken, nowMs: number): Identified {
    const { claims } = jws;
    const caller: Identified = {
      credential: undefined,
      subject: subjectOf(claims),
      scopes: scopesOf(claims, this.#config.scopes),
      groups: wordsOf(claims, this.#config.groups),
      claims,
      fields: [],
    };
    const untilMs = Math.min(endOf(claims, this.#rules.leewayMs), nowMs + KNOWN_MS_MAX);
    this.#known.set(key, { caller, untilMs, keys });
    return caller;
  }
}

/** Some issuers call it `scp`. */
function scopesOf(claims: Claims, name: string): readonly string[] {
  const scopes = wordsOf(claims, name);
  return scopes.length === 0 && name === 'scope' ? wordsOf(claims, 'scp') : scopes;
}

function rulesOf(config: Config): TokenRules {
  const audience = typeof config.audience === 'string' ? [config.audience] : config.audience;
  return {
    issuer: config.issuer,
    audience: audience.includes('*') ? undefined : audience,
    leewayMs: milliseconds(config.leeway),
    requireExp: config.requireExp,
    required: config.required,
    algorithms: config.algorithms && new Set(config.algorithms),
    type: config.type,
  };
}

function sourceOf({ issuer = '', jwks, keys, secret, secretEncoding }: Config, runtime: PolicyRuntime): KeySource {
  if (secret !== undefined) {
    const bytes = Buffer.from(secret, secretEncoding === 'text' ? 'utf8' : secretEncoding);
    return fixedKeys(new KeySet([secretKey(bytes)]));
  }
  if (keys !== undefined) return fixedKeys(keySetOfText(keys) ?? new KeySet([]));
  return jwks === undefined ? keysOfIssuer(issuer, runtime) : keysAt(jwks, runtime);
}
