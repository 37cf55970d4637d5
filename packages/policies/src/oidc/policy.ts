import { hideCookies, queryValue, UNAVAILABLE } from '../bearer.ts';
import { definePolicy } from '../define-policy.ts';
import { after } from '../after.ts';
import type { IssuerMetadata } from '../issuer.ts';
import type { Exchange, Identification, PolicyTools, Reply } from '../policy.ts';
import { subjectOf, wordsOf } from '../token-claims.ts';
import { Browser, isNavigation } from './browser.ts';
import { Login, redirect, seconds } from './login.ts';
import { Provider } from './provider.ts';
import { Renewal } from './renewal.ts';
import type { Config } from './schema.ts';
import { claimsOf, sessionOf, type Session } from './session.ts';

export const oidc = definePolicy({
  name: 'oidc',
  stage: 'identify',
  build(config: Config, tools: PolicyTools) {
    const gatekeeper = new Gatekeeper(config, tools);
    return {
      onIdentify: (exchange) => gatekeeper.identify(exchange),
      // Whoever has found out who calls: the session is the gate's own.
      onIdentified: (exchange) => {
        hideCookies(exchange, (name) => gatekeeper.browser.owns(name));
        return undefined;
      },
    };
  },
});

const CROSS_SITE: Reply = { code: 'auth.forbidden', detail: 'pages of another origin may not use this session' };
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

class Gatekeeper {
  readonly browser: Browser;
  readonly #config: Config;
  readonly #tools: PolicyTools;
  readonly #login: Login;
  readonly #provider: Provider;
  readonly #renewal: Renewal;

  constructor(config: Config, tools: PolicyTools) {
    const { runtime } = tools;
    this.#config = config;
    this.#tools = tools;
    const browser = new Browser(config, (purpose) => runtime.secret(purpose));
    const provider = new Provider(config, runtime);
    this.browser = browser;
    this.#provider = provider;
    this.#login = new Login(config, runtime, { browser, provider });
    this.#renewal = new Renewal(config, runtime, { provider, box: browser.session });
  }

  identify(exchange: Exchange): Identification | Promise<Identification> {
    try {
      const answer = this.#identify(exchange);
      return answer instanceof Promise ? answer.catch((error: unknown) => this.#failed(error)) : answer;
    } catch (error) {
      return this.#failed(error);
    }
  }

  #identify(exchange: Exchange): Identification | Promise<Identification> {
    const { path, query } = exchange.request;
    const { callback, login, logout } = this.#config;
    if (path === callback) return this.#login.finish(exchange);
    if (path === login) return this.#login.begin(exchange, queryValue(query, 'return_to'));
    if (path === logout) return this.#logout(exchange);
    const session = this.#session(exchange);
    if (session === undefined) return this.#nobody(exchange);
    if (this.#isForeign(exchange)) return CROSS_SITE;
    if (this.#renewal.isDue(session, seconds(exchange))) return this.#renewed(exchange, session);
    return this.#found(exchange, session);
  }

  #failed(error: unknown): Reply {
    const why = error instanceof Error ? error.message : String(error);
    this.#tools.runtime.log.warn('a login or a session cannot go on', { issuer: this.#config.issuer, why });
    return UNAVAILABLE;
  }

  #session(exchange: Exchange): Session | undefined {
    const header = exchange.request.header('cookie');
    return sessionOf(this.browser.session.read(header, this.browser.isSecure(exchange)), seconds(exchange));
  }

  /** People are asked to log in, programs are told that they must; where access is open neither is needed. */
  #nobody(exchange: Exchange): Identification | Promise<Identification> {
    if (this.#tools.route.access === 'open' || !isNavigation(exchange)) return undefined;
    return this.#login.begin(exchange, exchange.request.path + exchange.request.query);
  }

  /** A page elsewhere makes the browser call, which sends the cookie along where `SameSite` lets it. */
  #isForeign(exchange: Exchange): boolean {
    const { request } = exchange;
    const origin = request.header('origin');
    if (origin === undefined || (SAFE.has(request.method) && request.header('upgrade') === undefined)) return false;
    return origin !== this.browser.origin(exchange) && !this.#config.origins.includes(origin);
  }

  #found(exchange: Exchange, session: Session): Identification {
    const { issuer, clientId, groups, forward } = this.#config;
    const claims = claimsOf(session);
    const token = { none: undefined, access: session.accessToken, id: session.idToken }[forward];
    // What a caller says there itself nobody has looked at.
    if (token !== undefined) exchange.upstreamHeaders.set('authorization', `Bearer ${token}`);
    return {
      caller: {
        credential: this.#tools.runtime.credentials.client(issuer, clientId),
        subject: subjectOf(claims),
        scopes: session.scope.split(' ').filter((scope) => scope !== ''),
        groups: wordsOf(claims, groups),
        claims,
        fields: ['authorization'],
      },
    };
  }

  async #renewed(exchange: Exchange, session: Session): Promise<Identification> {
    const next = await this.#renewal.renewed(session);
    if (next === undefined) {
      this.#setCookies(exchange, this.#clearing(exchange));
      return this.#nobody(exchange);
    }
    const cookies = this.#login.sessionCookies(exchange, next);
    if (cookies === undefined) throw new Error('the tokens are too large for cookies');
    this.#setCookies(exchange, cookies);
    return this.#found(exchange, next);
  }

  #setCookies({ replyHeaders }: Exchange, cookies: readonly string[]): void {
    for (const cookie of cookies) replyHeaders.add('set-cookie', cookie);
    if (cookies.length > 0) replyHeaders.set('cache-control', 'no-store');
  }

  #clearing(exchange: Exchange): readonly string[] {
    return this.browser.session.clear(exchange.request.header('cookie'), this.browser.isSecure(exchange));
  }

  /** OpenID Connect RP-Initiated Logout §2, where the provider offers it. */
  #logout(exchange: Exchange): Reply | Promise<Reply> {
    if (this.#isForeign(exchange)) return CROSS_SITE;
    const session = this.#session(exchange);
    const cookies = this.#clearing(exchange);
    const back = this.browser.origin(exchange) + this.#config.afterLogout;
    const here = redirect(this.#config.afterLogout, cookies);
    const there = ({ logoutUrl }: IssuerMetadata): Reply => {
      if (logoutUrl === undefined || session === undefined) return here;
      const url = new URL(logoutUrl);
      url.searchParams.set('client_id', this.#config.clientId);
      url.searchParams.set('id_token_hint', session.idToken);
      url.searchParams.set('post_logout_redirect_uri', back);
      return redirect(url.href, cookies);
    };
    try {
      const answer = after(this.#provider.metadata(), there);
      // Whoever wants to leave leaves, whether or not the provider can be told.
      return answer instanceof Promise ? answer.catch(() => here) : answer;
    } catch {
      return here;
    }
  }
}
