import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { after } from '../after.ts';
import type { IssuerMetadata } from '../issuer.ts';
import type { Exchange, OwnReply, PolicyRuntime, Reply } from '../policy.ts';
import { UNAVAILABLE } from '../bearer.ts';
import { milliseconds } from '../parsed-units.ts';
import type { Browser } from './browser.ts';
import type { Provider, TokenAnswer } from './provider.ts';
import { returnAddress } from './return-address.ts';
import type { Config } from './schema.ts';
import { attemptsOf, type Attempt, type Session } from './session.ts';

/** Logins that one browser may have begun: one a tab. */
const ATTEMPTS_MAX = 3;
const ATTEMPT_S = 600;

const FAILED: Reply = { code: 'auth.invalid', detail: 'the login did not succeed, begin anew' };
const NOT_BEGUN: Reply = { code: 'auth.invalid', detail: 'this login was not begun in this browser, or too long ago' };
const DENIED: Reply = { code: 'auth.forbidden', detail: 'the provider has not let this login through' };

/** The authorization code flow with PKCE, state and nonce (RFC 6749 §4.1, RFC 7636, OpenID Connect Core §3.1). */
export class Login {
  readonly #config: Config;
  readonly #runtime: PolicyRuntime;
  readonly #browser: Browser;
  readonly #provider: Provider;
  readonly #maxAgeS: number;

  constructor(
    config: Config,
    runtime: PolicyRuntime,
    parts: { readonly browser: Browser; readonly provider: Provider },
  ) {
    this.#config = config;
    this.#runtime = runtime;
    this.#browser = parts.browser;
    this.#provider = parts.provider;
    this.#maxAgeS = Math.floor(milliseconds(config.cookie.maxAge) / 1000);
  }

  begin(exchange: Exchange, returnTo: string | undefined): Reply | Promise<Reply> {
    return after(this.#provider.metadata(), ({ authorizationUrl }): Reply => {
      if (authorizationUrl === undefined) return UNAVAILABLE;
      const attempt: Attempt = {
        state: randomText(),
        nonce: randomText(),
        verifier: randomText(),
        redirectUri: this.#browser.origin(exchange) + this.#config.callback,
        returnTo: returnAddress(returnTo),
        startedAt: seconds(exchange),
      };
      const open = [...this.#attempts(exchange).slice(1 - ATTEMPTS_MAX), attempt];
      return redirect(this.#address(authorizationUrl, attempt), this.#attemptCookies(exchange, open));
    });
  }

  /** The provider has sent somebody back. */
  async finish(exchange: Exchange): Promise<Reply> {
    const answer = new URLSearchParams(exchange.request.query);
    const attempts = this.#attempts(exchange);
    const attempt = attempts.find(({ state }) => isSame(state, answer.get('state') ?? ''));
    if (attempt === undefined) return NOT_BEGUN;
    const metadata = await this.#provider.metadata();
    if (!this.#isFromProvider(answer, metadata)) return FAILED;
    const code = answer.get('code');
    if (code === null) return DENIED;
    const tokens = await this.#provider.tokens({
      grant_type: 'authorization_code',
      code,
      redirect_uri: attempt.redirectUri,
      code_verifier: attempt.verifier,
    });
    const session = tokens && (await this.#session(exchange, tokens, attempt));
    if (session === undefined) return FAILED;
    const written = this.sessionCookies(exchange, session);
    if (written === undefined) {
      this.#runtime.log.error('the tokens of a login are too large for cookies', { issuer: this.#config.issuer });
      return FAILED;
    }
    const others = attempts.filter((each) => each !== attempt);
    return redirect(attempt.returnTo, [...written, ...this.#attemptCookies(exchange, others)]);
  }

  /** What a browser keeps of a session; undefined where that is too much. */
  sessionCookies(exchange: Exchange, session: Session): readonly string[] | undefined {
    return this.#browser.session.write(session, {
      header: exchange.request.header('cookie'),
      isSecure: this.#browser.isSecure(exchange),
      maxAgeS: Math.max(1, session.end - seconds(exchange)),
    });
  }

  async #session(exchange: Exchange, tokens: TokenAnswer, { nonce }: Attempt): Promise<Session | undefined> {
    const { idToken } = tokens;
    const claims = idToken === undefined ? undefined : await this.#provider.idClaims(idToken, exchange.startedAt);
    if (idToken === undefined || claims === undefined || claims['nonce'] !== nonce) return undefined;
    const end = seconds(exchange) + this.#maxAgeS;
    const scope = tokens.scope ?? this.#config.scopes.join(' ');
    return { end, idToken, scope, ...keptOf(tokens, this.#config, seconds(exchange)) };
  }

  /** RFC 9207: an answer of one provider is not brought to another. */
  #isFromProvider(answer: URLSearchParams, { namesItself }: IssuerMetadata): boolean {
    const said = answer.get('iss');
    return said === null ? !namesItself : said === this.#config.issuer;
  }

  #attempts(exchange: Exchange): readonly Attempt[] {
    const header = exchange.request.header('cookie');
    return attemptsOf(this.#browser.attempts.read(header, this.#browser.isSecure(exchange)), seconds(exchange));
  }

  #attemptCookies(exchange: Exchange, attempts: readonly Attempt[]): readonly string[] {
    const header = exchange.request.header('cookie');
    const isSecure = this.#browser.isSecure(exchange);
    if (attempts.length === 0) return this.#browser.attempts.clear(header, isSecure);
    return this.#browser.attempts.write(attempts, { header, isSecure, maxAgeS: ATTEMPT_S }) ?? [];
  }

  #address(authorizationUrl: string, { state, nonce, verifier, redirectUri }: Attempt): string {
    const url = new URL(authorizationUrl);
    const parameters = {
      ...this.#config.parameters,
      response_type: 'code',
      client_id: this.#config.clientId,
      redirect_uri: redirectUri,
      scope: this.#config.scopes.join(' '),
      state,
      nonce,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }
}

/** What is kept of tokens for later. */
export function keptOf(
  { accessToken, refreshToken, expiresInS }: TokenAnswer,
  { forward }: Pick<Config, 'forward'>,
  nowS: number,
): Pick<Session, 'accessToken' | 'refreshToken' | 'renewAt'> {
  return {
    ...(forward === 'access' && { accessToken }),
    ...(refreshToken !== undefined && {
      refreshToken,
      ...(expiresInS !== undefined && { renewAt: nowS + expiresInS }),
    }),
  };
}

export function redirect(location: string, cookies: readonly string[]): OwnReply {
  const set = cookies.map((cookie) => ['set-cookie', cookie] as const);
  return { status: 302, headers: [['location', location], ['cache-control', 'no-store'], ...set], body: '' };
}

export function seconds({ startedAt }: Exchange): number {
  return Math.floor(startedAt / 1000);
}

function randomText(): string {
  return randomBytes(32).toString('base64url');
}

function isSame(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
