import { basicAuthorization } from '../client-authorization.ts';
import { unavailable } from '../fetched.ts';
import { issuerMetadata, keysAt, type IssuerMetadata } from '../issuer.ts';
import { jsonObject, parseJws } from '../jws.ts';
import type { PolicyRuntime } from '../policy.ts';
import type { Claims } from '../token-claims.ts';
import { verifyToken } from '../token-verifier.ts';
import type { Config } from './schema.ts';

const ASK_MS = 10_000;
const ANSWER_BYTES_MAX = 128 * 1024;
const LEEWAY_MS = 30_000;

/** What the provider gives for a code or a refresh token; not looked at yet. */
export interface TokenAnswer {
  readonly accessToken: string;
  readonly idToken: string | undefined;
  readonly refreshToken: string | undefined;
  readonly scope: string | undefined;
  readonly expiresInS: number | undefined;
}

/** The OpenID provider as the gate talks to it. */
export class Provider {
  readonly #config: Config;
  readonly #runtime: PolicyRuntime;

  constructor(config: Config, runtime: PolicyRuntime) {
    this.#config = config;
    this.#runtime = runtime;
  }

  metadata(): IssuerMetadata | Promise<IssuerMetadata> {
    return issuerMetadata(this.#config.issuer, this.#runtime).value(this.#runtime);
  }

  /** Undefined: the provider does not accept what was shown. Rejects with `auth.unavailable` when it does not answer. */
  async tokens(parameters: Readonly<Record<string, string>>): Promise<TokenAnswer | undefined> {
    const { tokenUrl } = await this.metadata();
    if (tokenUrl === undefined) throw unavailable(new Error('the provider has no token endpoint'));
    const { clientId, clientSecret, authentication } = this.#config;
    const basic = clientSecret !== undefined && authentication === 'basic';
    const own = basic
      ? {}
      : { client_id: clientId, ...(clientSecret !== undefined && { client_secret: clientSecret }) };
    const answer = await this.#runtime.ask({
      method: 'POST',
      url: tokenUrl,
      headers: [
        ['accept', 'application/json'],
        ['content-type', 'application/x-www-form-urlencoded'],
        ...(basic ? [['authorization', basicAuthorization(clientId, clientSecret)] as const] : []),
      ],
      body: Buffer.from(new URLSearchParams({ ...parameters, ...own }).toString()),
      timeoutMs: ASK_MS,
      bytesMax: ANSWER_BYTES_MAX,
    });
    // RFC 6749 §5.2; 401 is our own client's fault, which no caller can mend.
    if (answer.status === 400) {
      this.#runtime.log.info('the provider refuses', { issuer: this.#config.issuer, why: errorOf(answer.body) });
      return undefined;
    }
    const tokens = answer.status === 200 ? tokensIn(answer.body) : undefined;
    if (tokens === undefined) throw unavailable(new Error(`the token endpoint answers ${answer.status}`));
    return tokens;
  }

  /** The claims of an ID token for this client (OpenID Connect Core §3.1.3.7); undefined for one that is not to be believed. */
  async idClaims(idToken: string, nowMs: number): Promise<Claims | undefined> {
    const { clientId, issuer } = this.#config;
    const jws = parseJws(idToken);
    if (jws === undefined) return undefined;
    const { keysUrl } = await this.metadata();
    const rules = {
      issuer,
      audience: [clientId],
      leewayMs: LEEWAY_MS,
      requireExp: true,
      required: ['sub', 'iat'],
      algorithms: undefined,
      type: undefined,
    };
    const verified = await verifyToken(jws, { source: keysAt(keysUrl, this.#runtime), rules, nowMs });
    if ('code' in verified) return undefined;
    const { aud, azp } = jws.claims;
    const isForUs = azp === undefined ? !Array.isArray(aud) || aud.length === 1 : azp === clientId;
    return isForUs ? jws.claims : undefined;
  }
}

function tokensIn(body: Buffer): TokenAnswer | undefined {
  const answer = jsonObject(body);
  if (answer === undefined || typeof answer['access_token'] !== 'string') return undefined;
  const text = (name: string): string | undefined => {
    const value = answer[name];
    return typeof value === 'string' ? value : undefined;
  };
  const expiresIn = Number(answer['expires_in']);
  return {
    accessToken: answer['access_token'],
    idToken: text('id_token'),
    refreshToken: text('refresh_token'),
    scope: text('scope'),
    expiresInS: Number.isFinite(expiresIn) && expiresIn > 0 ? expiresIn : undefined,
  };
}

/** For the log alone. */
function errorOf(body: Buffer): string {
  const error = jsonObject(body)?.['error'];
  return typeof error === 'string' ? error.slice(0, 100) : 'without a reason';
}
