import { describe, expect, it, onTestFinished } from 'vitest';
import { startGate, startUpstream, type Running, type Upstream } from '../harness.ts';
import { openProvider, TestBrowser, type OpenProvider } from './open-provider.ts';

interface Scene {
  readonly gate: Running;
  readonly upstream: Upstream;
  readonly provider: OpenProvider;
}

/** A gate with two workers whose API asks for a login. */
async function scene({ oidc = '', access = 'key', accessTokenS = 300, other = false } = {}): Promise<Scene> {
  const provider = await openProvider(accessTokenS);
  const upstream = await startUpstream((request, response) => response.end(`seen ${request.url}`));
  onTestFinished(async () => upstream.close());
  const policies = `[ { oidc: { issuer: "${provider.issuer}", clientId: app, clientSecret: secret, scopes: [openid, email, offline_access], parameters: { prompt: consent }${oidc} } }, { forward-identity: { headers: { x-user: subject, x-email: "claim:email" } } } ]`;
  const gate = await startGate(
    `apis: { app: { basePath: /app, access: ${access}, upstream: "http://127.0.0.1:${upstream.port}", policies: ${policies}, routes: [ { method: GET, path: /page }, { method: POST, path: /page } ] }${other ? `, other: { basePath: /other, access: open, upstream: "http://127.0.0.1:${upstream.port}" }` : ''} }
applications: { shop: { clients: [ { issuer: "${provider.issuer}", id: app } ], subscriptions: [ { api: app } ] } }
`,
    2,
  );
  onTestFinished(async () => gate.stop());
  provider.serve([
    {
      client_id: 'app',
      client_secret: 'secret',
      redirect_uris: [`${gate.url}/app/oauth2/callback`],
      post_logout_redirect_uris: [`${gate.url}/`],
      grant_types: ['authorization_code', 'refresh_token'],
    },
  ]);
  return { gate, upstream, provider };
}

describe('a login at an OpenID provider', () => {
  it('leads to the page, over both workers, and its cookie goes no further', async () => {
    const { gate, upstream } = await scene({ access: 'subscribed' });
    const browser = new TestBrowser();
    const page = await browser.logIn(await browser.open(`${gate.url}/app/page?a=b`), 'zoe');
    expect([page.status, page.text, page.url]).toEqual([200, 'seen /page?a=b', `${gate.url}/app/page?a=b`]);
    expect([...browser.cookies.keys()]).toContain('gatehouse_session');
    for (let i = 0; i < 8; i++) {
      const headers = { connection: 'close', 'x-user': 'admin', authorization: 'Bearer forged' };
      expect((await browser.once(`${gate.url}/app/page`, { headers })).status).toBe(200);
    }
    const last = upstream.seen.at(-1)?.headers ?? {};
    expect(last).toMatchObject({ 'x-user': 'zoe', 'x-gatehouse-application': 'shop' });
    expect(last).not.toHaveProperty('authorization');
    expect(JSON.stringify(upstream.seen.map(({ headers }) => headers.cookie ?? ''))).not.toContain('gatehouse');
    const records = await gate.records();
    expect(records.filter(({ route }) => route === 'app GET /app/page')).toHaveLength(10);
    expect(JSON.stringify(records)).not.toContain(browser.cookies.get('gatehouse_session') ?? '?');
  });

  it('is not shown to the upstreams of other APIs of the host', async () => {
    const { gate, upstream } = await scene({ other: true });
    const browser = new TestBrowser();
    await browser.logIn(await browser.open(`${gate.url}/app/page`), 'zoe');
    await browser.once(`${gate.url}/other/x`, { headers: { 'x-a': 'b' } });
    const { url, headers } = upstream.seen.at(-1) ?? {};
    expect(url).toBe('/x');
    expect(headers?.cookie ?? '').not.toContain('gatehouse');
    expect([...browser.cookies.keys()]).toContain('gatehouse_session');
  });

  it('is not asked of scripts, and not begun by somebody else', async () => {
    const { gate } = await scene();
    const script = await fetch(`${gate.url}/app/page`, { headers: { accept: 'application/json' } });
    expect([script.status, JSON.parse(await script.text()).code]).toEqual([401, 'auth.missing']);
    const [victim, attacker] = [new TestBrowser(), new TestBrowser()];
    const login = await attacker.open(`${gate.url}/app/page`);
    const consent = await attacker.submit(login, { login: 'mallory', password: 'x' });
    // The attacker's answer, brought to the victim's browser.
    let location = new URL(/<form[^>]*action="([^"]+)"/.exec(consent.text)?.[1] ?? '', consent.url).href;
    let visit: Parameters<TestBrowser['once']>[1] = { method: 'POST', form: { prompt: 'consent' } };
    while (!location.startsWith(gate.url)) {
      const reply = await attacker.once(location, visit);
      location = new URL(reply.location ?? '', location).href;
      visit = {};
    }
    expect((await victim.once(location)).status).toBe(401);
    expect(victim.cookies.size).toBe(0);
    expect((await attacker.once(location)).status).toBe(302);
  });

  it('is renewed once, however many calls come at once, and gives the upstream the new token', async () => {
    const { gate, upstream, provider } = await scene({ oidc: ', forward: access', accessTokenS: 20 });
    const browser = new TestBrowser();
    await browser.logIn(await browser.open(`${gate.url}/app/page`), 'zoe');
    const before = upstream.seen.at(-1)?.headers.authorization;
    const tokens = (): number => provider.asked.filter((path) => path === '/token').length;
    // 20 s is less than the 30 s before its end at which a session is renewed: each call after a login would renew.
    const first = tokens();
    const all = await Promise.all(
      Array.from(
        { length: 8 },
        async () => (await browser.once(`${gate.url}/app/page`, { headers: { connection: 'close' } })).status,
      ),
    );
    expect([new Set(all), tokens() - first]).toEqual([new Set([200]), 1]);
    const after = upstream.seen.at(-1)?.headers.authorization;
    expect(after).toMatch(/^Bearer /);
    expect(after).not.toBe(before);
  });

  it('ends with a logout, here and there', async () => {
    const { gate, provider } = await scene();
    const browser = new TestBrowser();
    await browser.logIn(await browser.open(`${gate.url}/app/page`), 'zoe');
    const asked = await browser.open(`${gate.url}/app/oauth2/logout`);
    expect([...browser.cookies.keys()]).not.toContain('gatehouse_session');
    const done = await browser.submit(asked, { logout: 'yes' });
    expect([done.url, provider.asked.some((path) => path.startsWith('/session/end'))]).toEqual([`${gate.url}/`, true]);
    const again = await browser.open(`${gate.url}/app/page`);
    expect(again.text).toContain('name="login"');
  });
});
