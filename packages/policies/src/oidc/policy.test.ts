import { generateKeyPairSync } from 'node:crypto';
import type { CredentialSpec } from '@gatehouse/config';
import { createKeptMemory, openKeptReplies } from '@gatehouse/counters';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Answer, Ask, Identification, Principal } from '../policy.ts';
import {
  fakeExchange,
  fakeTools,
  linesOf,
  NOW,
  type FakeExchange,
  type FakeExchangeOptions,
} from '../testing/fake-exchange.ts';
import { joined, NO_CONTEXT } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const oidc = joined('oidc');
const ISSUER = 'https://id.example';
const BASE = { issuer: ISSUER, clientId: 'app', clientSecret: 'secret' };

policyContract(oidc, {
  valid: [
    BASE,
    { issuer: 'http://localhost:9', clientId: 'app', scopes: ['openid', 'offline_access'], forward: 'access' },
    {
      ...BASE,
      cookie: { name: 'x', domain: 'example.com', sameSite: 'none', maxAge: '1h' },
      publicUrl: 'https://a.example',
    },
    { ...BASE, parameters: { prompt: 'login' }, authentication: 'post', origins: ['https://b.example'] },
  ],
  invalid: [
    {},
    { issuer: ISSUER },
    { ...BASE, issuer: 'http://id.example' },
    { ...BASE, scopes: ['profile'] },
    { ...BASE, callback: 'callback' },
    { ...BASE, callback: '/a', logout: '/a' },
    { ...BASE, afterLogout: '//evil.example' },
    { ...BASE, publicUrl: 'https://a.example/x' },
    { ...BASE, cookie: { name: '__Host-x' } },
    { ...BASE, parameters: { state: 'x' } },
    { ...BASE, forward: 'refresh' },
  ],
  waits: true,
});

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const credential: CredentialSpec = {
  sha256: '',
  match: { kind: 'client', issuer: ISSUER, id: 'app' },
  name: 'app',
  owner: undefined,
  expiresMs: undefined,
  application: 'shop',
  team: undefined,
  subscriptions: {},
  models: undefined,
  tokenLimits: [],
};
const kept = createKeptMemory({ entries: 64, bytes: 262_144 });

/** A provider, the gate before it, and a browser: what a test does is what somebody does with them. */
class Scene {
  now = NOW;
  readonly asked: {
    readonly path: string;
    readonly form: URLSearchParams;
    readonly authorization: string | undefined;
  }[] = [];
  metadata: Record<string, unknown> = {
    issuer: ISSUER,
    jwks_uri: `${ISSUER}/keys`,
    authorization_endpoint: `${ISSUER}/authorize?tenant=1`,
    token_endpoint: `${ISSUER}/token`,
    end_session_endpoint: `${ISSUER}/end`,
  };
  /** Of the next ID token. */
  claims: Record<string, unknown> = {};
  nonce: string | null = null;
  signer = keys.privateKey;
  tokenStatus = 200;
  tokenAnswer: Record<string, unknown> = {};
  readonly jar = new Map<string, string>();
  readonly #states = new Map<string, unknown>();
  readonly #config: object;
  readonly #access: 'key' | 'open';
  readonly #worker: number;

  constructor(config: object = {}, { access = 'key', worker = 1 }: { access?: 'key' | 'open'; worker?: number } = {}) {
    this.#config = config;
    this.#access = access;
    this.#worker = worker;
  }

  async visit(
    options: FakeExchangeOptions = {},
  ): Promise<{ answer: Identification; exchange: FakeExchange; location: string }> {
    const tools = fakeTools('a#oidc.0', {
      clock: { now: () => this.now, monotonic: () => this.now },
      states: this.#states,
      credentials: [credential],
      kept: openKeptReplies(kept, this.#worker),
      // Signatures are checked by other threads, which a busy machine lets wait: polling is not to be over before.
      later: (_, run) => {
        setTimeout(run, 5);
        return () => {};
      },
      route: { access: this.#access },
      ask: async (request) => this.#reply(request),
    });
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'text/html', ...(cookie !== '' && { cookie }), ...options.headers };
    const exchange = fakeExchange({ path: '/page', startedAt: this.now, ...options, headers });
    const answer = await oidc.build({ ...BASE, ...this.#config }, tools).onIdentify?.(exchange);
    const given = answer !== undefined && 'status' in answer ? answer.headers : [];
    const lines = [...given.map(([name, value]) => `${name}: ${value}`), ...linesOf(exchange.replyHeaders)];
    for (const line of lines) if (line.startsWith('set-cookie: ')) this.#keep(line.slice('set-cookie: '.length));
    return { answer, exchange, location: given.find(([name]) => name === 'location')?.[1] ?? '' };
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (line.includes('Max-Age=0')) this.jar.delete(name);
    else this.jar.set(name, value);
  }

  async #reply({ url, body, headers }: Ask): Promise<Answer> {
    const path = url.slice(ISSUER.length);
    const form = new URLSearchParams(body?.toString());
    this.asked.push({ path, form, authorization: headers.find(([name]) => name === 'authorization')?.[1] });
    const json = (value: unknown, status = 200): Answer => ({
      status,
      headers: [],
      body: Buffer.from(JSON.stringify(value)),
    });
    if (path === '/keys') return json({ keys: [keys.publicKey.export({ format: 'jwk' })] });
    if (path !== '/token') return json(this.metadata);
    if (this.tokenStatus !== 200) return json({ error: 'invalid_grant' }, this.tokenStatus);
    const claims = {
      iss: ISSUER,
      aud: 'app',
      sub: 'zoe',
      iat: this.now / 1000,
      exp: this.now / 1000 + 60,
      nonce: this.nonce,
      ...this.claims,
    };
    const idToken = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(this.signer);
    return json({ access_token: 'access', token_type: 'Bearer', id_token: idToken, ...this.tokenAnswer });
  }

  /** Sees a page, is sent to the provider, and comes back. */
  async logIn(path = '/page', answer: Record<string, string> = {}) {
    const begun = new URL((await this.visit({ path })).location);
    this.nonce = begun.searchParams.get('nonce');
    const query = new URLSearchParams({ state: begun.searchParams.get('state') ?? '', code: 'code', ...answer });
    return { begun, ...(await this.visit({ path: '/oauth2/callback', query: `?${query.toString()}` })) };
  }

  tokenCalls(): readonly URLSearchParams[] {
    return this.asked.filter(({ path }) => path === '/token').map(({ form }) => form);
  }
}

const caller = async (scene: Scene, options: FakeExchangeOptions = {}): Promise<unknown> =>
  (await scene.visit(options)).answer;

describe('somebody without a session', () => {
  it('is sent to the provider, with a challenge of its own', async () => {
    const scene = new Scene({ parameters: { prompt: 'login' } });
    const { answer, location } = await scene.visit({ query: '?a=b' });
    expect(answer).toMatchObject({ status: 302, body: '' });
    const url = new URL(location);
    expect(url.origin + url.pathname).toBe(`${ISSUER}/authorize`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      tenant: '1',
      prompt: 'login',
      response_type: 'code',
      client_id: 'app',
      redirect_uri: 'https://api.example.com/oauth2/callback',
      scope: 'openid',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    expect([...scene.jar.keys()]).toEqual(['__Host-gatehouse_session_login']);
  });

  it.each<[string, FakeExchangeOptions]>([
    ['a script', { headers: { accept: 'application/json' } }],
    ['a script that takes pages', { headers: { 'sec-fetch-mode': 'cors' } }],
    ['a form', { method: 'POST' }],
    ['a WebSocket', { headers: { upgrade: 'websocket' } }],
  ])('is told so where it is %s', async (_, options) => {
    expect(await caller(new Scene(), options)).toBeUndefined();
  });

  it('goes on where access is open, and may ask for a login', async () => {
    const scene = new Scene({}, { access: 'open' });
    expect(await caller(scene)).toBeUndefined();
    expect((await scene.visit({ path: '/oauth2/login', query: '?return_to=/x' })).location).toContain(ISSUER);
  });

  it.each<[string, object, FakeExchangeOptions, string]>([
    ['the host that the browser used', {}, { authority: 'a.example:8443' }, 'https://a.example:8443'],
    ['no TLS', {}, { authority: 'a.example', scheme: 'http' }, 'http://a.example'],
    ['the host that is written', { publicUrl: 'https://b.example/' }, { authority: 'a' }, 'https://b.example'],
  ])('comes back to %s', async (_, config, options, origin) => {
    const { location } = await new Scene(config).visit(options);
    expect(new URL(location).searchParams.get('redirect_uri')).toBe(`${origin}/oauth2/callback`);
  });

  it('waits where the provider does not answer', async () => {
    const scene = new Scene();
    scene.metadata = { issuer: 'https://evil.example' };
    expect(await caller(scene)).toMatchObject({ code: 'auth.unavailable' });
  });
});

describe('somebody who logs in', () => {
  it('comes back to the page, and is known from then on', async () => {
    const scene = new Scene({ groups: 'roles' });
    scene.claims = { email: 'zoe@example', roles: ['admin'] };
    scene.tokenAnswer = { scope: 'openid email' };
    const { answer, location } = await scene.logIn('/page');
    expect([answer, location]).toEqual([expect.objectContaining({ status: 302 }), '/page']);
    expect([...scene.jar.keys()]).toEqual(['__Host-gatehouse_session']);
    const seen = await scene.visit({ headers: { accept: 'application/json' } });
    expect(seen.answer).toMatchObject({
      caller: {
        credential: { application: 'shop' },
        subject: 'zoe',
        scopes: ['openid', 'email'],
        groups: ['admin'],
        claims: { email: 'zoe@example' },
        fields: ['authorization'],
      },
    });
  });

  it('is shown to the token endpoint by code, challenge and secret', async () => {
    const scene = new Scene();
    const { begun } = await scene.logIn();
    const [form] = scene.tokenCalls();
    expect(Object.fromEntries(form ?? [])).toMatchObject({
      grant_type: 'authorization_code',
      code: 'code',
      redirect_uri: begun.searchParams.get('redirect_uri'),
      code_verifier: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(scene.asked.find(({ path }) => path === '/token')?.authorization).toBe(`Basic ${btoa('app:secret')}`);
  });

  it.each<[string, object, Record<string, string>]>([
    ['in the body', { authentication: 'post' }, { client_id: 'app', client_secret: 'secret' }],
    ['by its name alone', { clientSecret: undefined }, { client_id: 'app' }],
  ])('is shown to the token endpoint %s', async (_, config, form) => {
    const scene = new Scene(config);
    await scene.logIn();
    expect(Object.fromEntries(scene.tokenCalls()[0] ?? [])).toMatchObject(form);
  });

  it.each<[string, Record<string, unknown>]>([
    ['another nonce', { nonce: 'other' }],
    ['no nonce', { nonce: undefined }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'other' }],
    ['several audiences and no azp', { aud: ['app', 'other'] }],
    ['another azp', { azp: 'other' }],
    ['an end that has passed', { exp: NOW / 1000 - 31 }],
    ['no end', { exp: undefined }],
    ['no subject', { sub: undefined }],
  ])('is refused with an ID token of %s', async (_, claims) => {
    const scene = new Scene();
    scene.claims = claims;
    expect((await scene.logIn()).answer).toMatchObject({ code: 'auth.invalid' });
    expect(scene.jar.has('__Host-gatehouse_session')).toBe(false);
  });

  it.each<[string, (scene: Scene) => void, string]>([
    ['by another key', (scene) => (scene.signer = other.privateKey), 'auth.invalid'],
    ['that is none', (scene) => (scene.tokenAnswer = { id_token: 'x' }), 'auth.invalid'],
    ['that is missing', (scene) => (scene.tokenAnswer = { id_token: undefined }), 'auth.invalid'],
    ['after a code that is not good', (scene) => (scene.tokenStatus = 400), 'auth.invalid'],
    ['after an error', (scene) => (scene.tokenStatus = 500), 'auth.unavailable'],
    ['without an access token', (scene) => (scene.tokenAnswer = { access_token: 7 }), 'auth.unavailable'],
    ['that is too large for cookies', (scene) => (scene.claims = { pad: 'x'.repeat(15_000) }), 'auth.invalid'],
  ])('is refused with an ID token %s', async (_, spoil, code) => {
    const scene = new Scene();
    spoil(scene);
    expect((await scene.logIn()).answer).toMatchObject({ code });
  });

  it.each<[string, Record<string, string>, string]>([
    ['another state', { state: 'x' }, 'auth.invalid'],
    ['a state of as many characters and more bytes', { state: 'é'.repeat(43) }, 'auth.invalid'],
    ['no code', { code: '' }, 'auth.invalid'],
    ['the answer of another provider', { iss: 'https://evil.example' }, 'auth.invalid'],
  ])('is refused with %s', async (_, answer, code) => {
    const scene = new Scene();
    if ('code' in answer) scene.tokenStatus = 400;
    expect((await scene.logIn('/page', answer)).answer).toMatchObject({ code });
  });

  it('is refused where the provider says no', async () => {
    const scene = new Scene();
    const begun = new URL((await scene.visit()).location);
    const query = `?error=access_denied&state=${begun.searchParams.get('state')}`;
    expect(await caller(scene, { path: '/oauth2/callback', query })).toMatchObject({ code: 'auth.forbidden' });
    expect(scene.tokenCalls()).toEqual([]);
  });

  it('is refused where a provider that names itself does not', async () => {
    const scene = new Scene();
    scene.metadata = { ...scene.metadata, authorization_response_iss_parameter_supported: true };
    expect((await scene.logIn()).answer).toMatchObject({ code: 'auth.invalid' });
    expect((await scene.logIn('/page', { iss: ISSUER })).answer).toMatchObject({ status: 302 });
  });

  it('cannot bring the answer to a login of another browser, nor one twice, nor an old one', async () => {
    const [victim, attacker] = [new Scene(), new Scene()];
    const begun = new URL((await attacker.visit()).location);
    const query = `?code=code&state=${begun.searchParams.get('state')}`;
    expect(await caller(victim, { path: '/oauth2/callback', query })).toMatchObject({ code: 'auth.invalid' });
    attacker.nonce = begun.searchParams.get('nonce');
    expect(await caller(attacker, { path: '/oauth2/callback', query })).toMatchObject({ status: 302 });
    expect(await caller(attacker, { path: '/oauth2/callback', query })).toMatchObject({ code: 'auth.invalid' });
    const late = new Scene();
    const old = new URL((await late.visit()).location).searchParams.get('state');
    late.now += 601_000;
    expect(await caller(late, { path: '/oauth2/callback', query: `?code=c&state=${old}` })).toMatchObject({
      code: 'auth.invalid',
    });
  });

  it('may do so in three tabs', async () => {
    const scene = new Scene();
    const tabs = [];
    for (const path of ['/a', '/b', '/c', '/d'])
      tabs.push(new URL((await scene.visit({ path })).location).searchParams);
    const results = [];
    for (const tab of tabs) {
      scene.nonce = tab.get('nonce');
      results.push(
        (await scene.visit({ path: '/oauth2/callback', query: `?code=c&state=${tab.get('state')}` })).location,
      );
    }
    expect(results).toEqual(['', '/b', '/c', '/d']);
  });

  it('comes back to nowhere else', async () => {
    const scene = new Scene();
    const begun = new URL((await scene.visit({ path: '/oauth2/login', query: '?return_to=//evil.example' })).location);
    scene.nonce = begun.searchParams.get('nonce');
    const query = `?code=c&state=${begun.searchParams.get('state')}`;
    expect((await scene.visit({ path: '/oauth2/callback', query })).location).toBe('/');
  });
});

describe('a session', () => {
  it('is over after its time', async () => {
    const scene = new Scene({ cookie: { maxAge: '1h' } });
    await scene.logIn();
    scene.now += 3_599_000;
    expect(await caller(scene)).toMatchObject({ caller: {} });
    scene.now += 1000;
    expect(await caller(scene)).toMatchObject({ status: 302 });
  });

  it('is of one client at one provider', async () => {
    const scene = new Scene();
    await scene.logIn();
    const another = new Scene({ clientId: 'other' });
    for (const [name, value] of scene.jar) another.jar.set(name, value);
    expect(await caller(another)).toMatchObject({ status: 302 });
  });

  it('of a login that has only begun is none', async () => {
    const scene = new Scene();
    await scene.visit();
    const [begun = ''] = scene.jar.values();
    scene.jar.set('__Host-gatehouse_session', begun);
    expect(await caller(scene)).toMatchObject({ status: 302 });
  });

  it.each<[string, FakeExchangeOptions, object, boolean]>([
    ['to change something', { method: 'POST', headers: { origin: 'https://evil.example' } }, {}, false],
    ['from nowhere to change something', { method: 'POST', headers: { origin: 'null' } }, {}, false],
    ['to open a WebSocket', { headers: { origin: 'https://evil.example', upgrade: 'websocket' } }, {}, false],
    ['to look', { headers: { origin: 'https://evil.example' } }, {}, true],
    ['from its own page', { method: 'POST', headers: { origin: 'https://api.example.com' } }, {}, true],
    [
      'from a page that may',
      { method: 'POST', headers: { origin: 'https://b.example' } },
      { origins: ['https://b.example'] },
      true,
    ],
    ['without saying from where', { method: 'DELETE' }, {}, true],
  ])('is used by another page %s', async (_, options, config, may) => {
    const scene = new Scene(config);
    await scene.logIn();
    expect(await caller(scene, options)).toMatchObject(may ? { caller: {} } : { code: 'auth.forbidden' });
  });

  it.each<[string, string | undefined]>([
    ['none', undefined],
    ['access', 'authorization: Bearer access'],
    ['id', 'authorization: Bearer ey'],
  ])('gives the upstream a token: %s', async (forward, line) => {
    const scene = new Scene({ forward });
    await scene.logIn();
    const { exchange } = await scene.visit({ headers: { authorization: 'Bearer forged' } });
    expect(linesOf(exchange.upstreamHeaders)[0]?.slice(0, line?.length)).toBe(line);
  });

  it('keeps its cookies from the upstream, whoever has found out who calls', () => {
    const cookie = '__Host-gatehouse_session=1.a; a=b; __Host-gatehouse_session.1=c; gatehouse_session_login=d';
    const principal: Partial<Principal> = { application: 'shop', credential: 'key' };
    const exchange = fakeExchange({ headers: { cookie }, principal });
    void oidc.build(BASE, fakeTools()).onIdentified?.(exchange);
    expect([exchange.upstreamHeaders.removed, linesOf(exchange.upstreamHeaders)]).toEqual([
      ['cookie'],
      ['cookie: a=b'],
    ]);
  });
});

describe('renewal', () => {
  const renewing = async (scene: Scene): Promise<void> => {
    scene.tokenAnswer = { refresh_token: 'first', expires_in: 300 };
    await scene.logIn();
    scene.tokenAnswer = { access_token: 'second', refresh_token: 'second', expires_in: 300, id_token: undefined };
  };

  it('comes before the access token ends, and brings a new cookie', async () => {
    const scene = new Scene({ forward: 'access' });
    await renewing(scene);
    scene.now += 269_000;
    await scene.visit();
    expect(scene.tokenCalls()).toHaveLength(1);
    scene.now += 1000;
    const { answer, exchange } = await scene.visit();
    expect(answer).toMatchObject({ caller: { subject: 'zoe' } });
    expect(linesOf(exchange.upstreamHeaders)).toEqual(['authorization: Bearer second']);
    expect(linesOf(exchange.replyHeaders)).toEqual([
      expect.stringContaining('set-cookie: __Host-'),
      'cache-control: no-store',
    ]);
    expect(Object.fromEntries(scene.tokenCalls()[1] ?? [])).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'first',
    });
    scene.now += 280_000;
    await scene.visit();
    expect(scene.tokenCalls()[2]?.get('refresh_token')).toBe('second');
  });

  it('keeps the refresh token where there is no new one', async () => {
    const scene = new Scene({ clientId: 'same' });
    scene.claims = { aud: 'same' };
    await renewing(scene);
    scene.tokenAnswer = { expires_in: 300 };
    for (const _ of [1, 2]) {
      scene.now += 300_000;
      await scene.visit();
    }
    // The same token again, but a minute later: nobody waits for the answer of then any more.
    expect(scene.tokenCalls().map((form) => form.get('refresh_token'))).toEqual([null, 'first', 'first']);
  });

  it('is done anew when the new token is due, however short its life', async () => {
    const scene = new Scene({ clientId: 'short' });
    scene.claims = { aud: 'short' };
    await renewing(scene);
    scene.tokenAnswer = { expires_in: 40 };
    scene.now += 300_000;
    await scene.visit();
    scene.now += 9000;
    await scene.visit();
    expect(scene.tokenCalls()).toHaveLength(2);
    scene.now += 1000;
    await scene.visit();
    expect(scene.tokenCalls()).toHaveLength(3);
  });

  it('is done once for all calls, over workers and for a while after', async () => {
    const [scene, sibling] = [new Scene({ clientId: 'once' }), new Scene({ clientId: 'once' }, { worker: 2 })];
    scene.claims = sibling.claims = { aud: 'once' };
    await renewing(scene);
    for (const [name, value] of scene.jar) sibling.jar.set(name, value);
    scene.now = sibling.now = NOW + 300_000;
    sibling.tokenStatus = 400;
    const old = new Map(scene.jar);
    const all = await Promise.all([scene.visit(), scene.visit(), sibling.visit(), sibling.visit()]);
    for (const { answer } of all) expect(answer).toMatchObject({ caller: { subject: 'zoe' } });
    expect([scene.tokenCalls().length, sibling.tokenCalls().length]).toEqual([2, 0]);
    for (const [name, value] of old) sibling.jar.set(name, value);
    expect(await caller(sibling)).toMatchObject({ caller: { subject: 'zoe' } });
    expect(sibling.tokenCalls()).toEqual([]);
  });

  it('that is refused ends the session', async () => {
    const scene = new Scene({ clientId: 'refused' });
    scene.claims = { aud: 'refused' };
    await renewing(scene);
    scene.now += 300_000;
    scene.tokenStatus = 400;
    const script = await scene.visit({ headers: { accept: '*/*' } });
    expect(script.answer).toBeUndefined();
    expect([...scene.jar.keys()]).toEqual([]);
  });

  it('that brings somebody else ends the session', async () => {
    const scene = new Scene({ clientId: 'else' });
    scene.claims = { aud: 'else' };
    await renewing(scene);
    scene.now += 300_000;
    scene.tokenAnswer = { refresh_token: 'second' };
    scene.claims = { aud: 'else', sub: 'mallory' };
    expect(await caller(scene)).toMatchObject({ status: 302 });
  });

  it('that nobody answers lets nobody through, and ends nothing', async () => {
    const scene = new Scene({ clientId: 'silent' });
    scene.claims = { aud: 'silent' };
    await renewing(scene);
    scene.now += 300_000;
    scene.tokenStatus = 500;
    expect(await caller(scene)).toMatchObject({ code: 'auth.unavailable' });
    scene.tokenStatus = 200;
    expect(await caller(scene)).toMatchObject({ caller: { subject: 'zoe' } });
  });
});

describe('a logout', () => {
  const out = { path: '/oauth2/logout' };

  it('ends the session here and at the provider', async () => {
    const scene = new Scene({ afterLogout: '/bye' });
    await scene.logIn();
    const { location } = await scene.visit(out);
    const url = new URL(location);
    expect(url.origin + url.pathname).toBe(`${ISSUER}/end`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'app',
      id_token_hint: expect.stringMatching(/^ey/),
      post_logout_redirect_uri: 'https://api.example.com/bye',
    });
    expect([...scene.jar.keys()]).toEqual([]);
  });

  it('ends it here alone where the provider offers no more, or nobody was logged in', async () => {
    const scene = new Scene({ afterLogout: '/bye' });
    expect((await scene.visit(out)).location).toBe('/bye');
    const plain = new Scene();
    plain.metadata = { ...plain.metadata, end_session_endpoint: undefined };
    await plain.logIn();
    expect((await plain.visit(out)).location).toBe('/');
    expect([...plain.jar.keys()]).toEqual([]);
  });

  it('is not done for a page of another origin', async () => {
    const scene = new Scene();
    await scene.logIn();
    const headers = { origin: 'https://evil.example' };
    expect(await caller(scene, { ...out, method: 'POST', headers })).toMatchObject({ code: 'auth.forbidden' });
  });
});

it('answers below the path of its API', () => {
  const config = oidc.compile?.(oidc.parse(BASE), { ...NO_CONTEXT, basePath: '/v1' });
  expect(oidc.paths?.(config)).toEqual(['/v1/oauth2/callback', '/v1/oauth2/login', '/v1/oauth2/logout']);
});
