import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Provider } from 'oidc-provider';
import { onTestFinished } from 'vitest';

/** A certified OpenID provider for one client, where whoever logs in is who they say. */
export async function openProvider(client: Readonly<Record<string, unknown>>): Promise<string> {
  let handle: http.RequestListener = (_, response) => void response.writeHead(503).end();
  const server = http.createServer((request, response) => handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'house', ...client }],
    cookies: { keys: ['of a test'] },
    features: { backchannelLogout: { enabled: true } },
    // Its own refuses to tell anybody on this machine.
    fetch: async (url, init = {}) => {
      const { dispatcher: _, ...plain }: RequestInit & { readonly dispatcher?: unknown } = init;
      return fetch(url, plain);
    },
    claims: { email: ['email'] },
    conformIdTokenClaims: false,
    findAccount: (_, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, email: `${accountId}@example.com` }),
    }),
  });
  const answer = provider.callback();
  handle = (request, response) => void answer(request, response);
  return issuer;
}

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly text: string;
  readonly location: string | undefined;
}

/** Cookies, redirects and forms: as much of a browser as a login needs. All hosts are this machine and share them. */
export class PageBrowser {
  readonly #cookies = new Map<string, string>();

  get cookies(): string {
    return [...this.#cookies].map((pair) => pair.join('=')).join('; ');
  }

  async once(url: string, form?: Readonly<Record<string, string>>): Promise<Page> {
    const headers = { accept: 'text/html', cookie: this.cookies };
    const posted = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    http
      .request(url, form === undefined ? { headers } : { method: 'POST', headers: posted })
      .on('error', reject)
      .on('response', resolve)
      .end(form === undefined ? undefined : new URLSearchParams(form).toString());
    const reply = await promise;
    for (const line of reply.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return { url, status: reply.statusCode ?? 0, location: reply.headers.location, text: await text(reply) };
  }

  async open(url: string, form?: Readonly<Record<string, string>>): Promise<Page> {
    let page = await this.once(url, form);
    for (let hops = 0; page.location !== undefined; hops++) {
      if (hops > 20) throw new Error('it goes round in circles');
      page = await this.once(new URL(page.location, page.url).href);
    }
    return page;
  }

  /** Through the provider's own pages: who it is, and that the house may know. */
  async logIn(url: string, login: string): Promise<Page> {
    let page = await this.open(url);
    for (let steps = 0; steps < 3; steps++) {
      const [, action] = /<form[^>]*action="([^"]+)"/.exec(page.text) ?? [];
      if (action === undefined) break;
      const hidden = [...page.text.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)];
      const fields = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]));
      page = await this.open(new URL(action, page.url).href, { ...fields, login, password: 'any' });
    }
    return page;
  }
}
