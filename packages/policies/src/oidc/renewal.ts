import { createHash } from 'node:crypto';
import { unavailable } from '../fetched.ts';
import type { PolicyRuntime } from '../policy.ts';
import { keptOf } from './login.ts';
import type { Provider } from './provider.ts';
import type { Config } from './schema.ts';
import { claimsOf, sessionOf, type Session } from './session.ts';

/** So long before its end a session is renewed, and so long the new one is given to whoever still shows the old. */
const EARLY_S = 30;
const KEPT_MS = 60_000;
const POLL_MS = 50;
const POLLS_MAX = 200;

interface SealedText {
  seal(session: Session): Buffer;
  open(sealed: Buffer): unknown;
}

/**
 * Renews sessions by their refresh tokens. A refresh token is often good once, and who shows it twice loses the login
 * (RFC 9700 §4.14.2), while a browser makes many calls at once with the same cookie: so one of them renews, over all
 * workers, and the others take what it got.
 */
export class Renewal {
  readonly #config: Config;
  readonly #runtime: PolicyRuntime;
  readonly #provider: Provider;
  readonly #box: SealedText;

  constructor(
    config: Config,
    runtime: PolicyRuntime,
    { provider, box }: { readonly provider: Provider; readonly box: SealedText },
  ) {
    this.#config = config;
    this.#runtime = runtime;
    this.#provider = provider;
    this.#box = box;
  }

  isDue({ renewAt, refreshToken }: Session, nowS: number): boolean {
    return refreshToken !== undefined && renewAt !== undefined && nowS >= renewAt - EARLY_S;
  }

  /** Undefined: the provider says that it is over. Rejects with `auth.unavailable` when it does not answer. */
  async renewed(session: Session): Promise<Session | undefined> {
    const { kept, clock } = this.#runtime;
    const call = { key: this.#key(session), request: Buffer.alloc(16) };
    for (let polls = 0; polls < POLLS_MAX; polls++) {
      const beginning = kept.begin(call, clock.now());
      if (beginning.kind === 'begun') return this.#renew(session, call.key);
      if (beginning.kind === 'kept') return sessionOf(this.#box.open(beginning.reply), this.#nowS());
      if (beginning.kind !== 'under-way') break;
      await new Promise<void>((resolve) => this.#runtime.later(POLL_MS, resolve));
    }
    throw unavailable(new Error('somebody else renews the session, and does not end'));
  }

  async #renew(session: Session, key: Buffer): Promise<Session | undefined> {
    const { kept, clock } = this.#runtime;
    try {
      const next = await this.#asked(session);
      // An end is kept too: nobody else has to ask.
      kept.keep(key, next === undefined ? Buffer.from([0]) : this.#box.seal(next), clock.now() + KEPT_MS);
      return next;
    } catch (error) {
      kept.forget(key);
      throw error;
    }
  }

  async #asked(session: Session): Promise<Session | undefined> {
    const { refreshToken = '' } = session;
    const tokens = await this.#provider.tokens({ grant_type: 'refresh_token', refresh_token: refreshToken });
    if (tokens === undefined) return undefined;
    const idToken = tokens.idToken ?? session.idToken;
    if (tokens.idToken !== undefined) {
      const claims = await this.#provider.idClaims(tokens.idToken, this.#runtime.clock.now());
      // OpenID Connect Core §12.2: somebody else's is no renewal.
      if (claims === undefined || claims['sub'] !== claimsOf(session)['sub']) return undefined;
    }
    // RFC 6749 §6: without a new one the old one stays.
    const next = { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
    const { end, scope } = session;
    return { end, idToken, scope: tokens.scope ?? scope, ...keptOf(next, this.#config, this.#nowS()) };
  }

  /** Where refresh tokens stay the same, the time tells one renewal from the next. */
  #key({ refreshToken = '', renewAt }: Session): Buffer {
    const { issuer, clientId } = this.#config;
    return createHash('sha256')
      .update(JSON.stringify(['oidc renewal', issuer, clientId, refreshToken, renewAt]))
      .digest();
  }

  #nowS(): number {
    return Math.floor(this.#runtime.clock.now() / 1000);
  }
}
