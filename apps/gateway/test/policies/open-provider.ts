import http from 'node:http';
import { text } from 'node:stream/consumers';
import { Provider, type Configuration } from 'oidc-provider';
import { onTestFinished } from 'vitest';
import { listen } from '../harness.ts';

export interface OpenProvider {
  readonly issuer: string;
  /** Paths that were asked for, oldest first. */
  readonly asked: readonly string[];
  /** Begins to serve, with these clients. */
  serve(clients: NonNullable<Configuration['clients']>): void;
}

/** A certified OpenID provider whose users are whoever logs in. Its address is known before its clients are. */
export async function openProvider(accessTokenS = 300): Promise<OpenProvider> {
  const asked: string[] = [];
  let handle: http.RequestListener = (_request, response) => void response.writeHead(503).end();
  const server = http.createServer((request, response) => {
    asked.push(request.url ?? '');
    handle(request, response);
  });
  const issuer = `http://127.0.0.1:${await listen(server)}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    issuer,
    asked,
    serve: (clients) => {
      const provider = new Provider(issuer, {
        clients,
        cookies: { keys: ['a key of the test'] },
        claims: { email: ['email'] },
        conformIdTokenClaims: false,
        // Each use of a refresh token ends it.
        rotateRefreshToken: true,
        findAccount: (_context, accountId) => ({
          accountId,
          claims: () => ({ sub: accountId, email: `${accountId}@example.com` }),
        }),
        features: {
          introspection: { enabled: true },
          clientCredentials: { enabled: true },
          revocation: { enabled: true },
        },
        ttl: {
          AccessToken: accessTokenS,
          ClientCredentials: accessTokenS,
          IdToken: 3600,
          Session: 3600,
          Grant: 3600,
          Interaction: 600,
          RefreshToken: 3600,
        },
      });
      const answer = provider.callback();
      handle = (request, response) => void answer(request, response);
    },
  };
}

interface Visit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
}

interface Reply {
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
}

interface Page {
  readonly url: string;
  readonly status: number;
  readonly text: string;
}

/** As much of a browser as a login takes: cookies, redirects, forms. */
export class TestBrowser {
  readonly cookies = new Map<string, string>();
  readonly #accept: string;

  constructor(accept = 'text/html') {
    this.#accept = accept;
  }

  /** Follows redirects; all hosts are this machine, so they share the cookies. */
  async open(url: string, visit: Visit = {}): Promise<Page> {
    let [address, next] = [url, visit];
    for (let hops = 0; hops < 20; hops++) {
      const { status, location, text: read } = await this.once(address, next);
      if (location === undefined) return { url: address, status, text: read };
      [address, next] = [new URL(location, address).href, {}];
    }
    throw new Error('too many redirects');
  }

  /** Without `fetch`, which says of itself that it is no navigation. */
  async once(url: string, { method = 'GET', headers = {}, form }: Visit = {}): Promise<Reply> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const body = form === undefined ? undefined : new URLSearchParams(form).toString();
    const type = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const request = http.request(url, { method, headers: { accept: this.#accept, cookie, ...type, ...headers } });
    request.on('error', reject).on('response', resolve).end(body);
    const response = await promise;
    for (const line of response.headers['set-cookie'] ?? []) this.#keep(line);
    return { status: response.statusCode ?? 0, location: response.headers.location, text: await text(response) };
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }

  /** Sends the first form of a page, with what is hidden in it and what somebody writes. */
  async submit(page: Page, written: Readonly<Record<string, string>> = {}): Promise<Page> {
    const action = /<form[^>]*action="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    const fields = { ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])), ...written };
    return this.open(new URL(action, page.url).href, { method: 'POST', form: fields });
  }

  /** Logs in at the provider's page, and lets the client have what it asks for. */
  async logIn(page: Page, login: string): Promise<Page> {
    const consent = await this.submit(page, { login, password: 'any' });
    return consent.text.includes('value="consent"') ? this.submit(consent) : consent;
  }
}
