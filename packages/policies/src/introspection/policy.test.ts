import type { CredentialSpec, PolicySpec } from '@gatehouse/config';
import { describe, expect, it } from 'vitest';
import type { Answer, Ask, Identification } from '../policy.ts';
import { fakeExchange, fakeTools, NOW } from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const introspection = joined('introspection');
const URL = 'https://id.example/introspect';
const BASE = { url: URL, clientId: 'gate: 1', clientSecret: 's%é' };

policyContract(introspection, {
  valid: [
    BASE,
    { ...BASE, url: 'http://127.0.0.1:9/', cache: '1m', audience: 'orders', issuer: 'https://id.example' },
    { ...BASE, url: 'http://id.internal/', allowHttp: true, from: { cookie: 't' } },
  ],
  invalid: [
    {},
    { url: URL },
    { ...BASE, url: 'http://id.internal/' },
    { ...BASE, url: 'nowhere' },
    { ...BASE, url: 'https://a:b@id.example/' },
    { ...BASE, cache: '30' },
    { ...BASE, clientId: '' },
  ],
  waits: true,
});

const credential: CredentialSpec = {
  sha256: '',
  match: { kind: 'client', issuer: 'https://id.example', id: 'web' },
  name: 'web',
  owner: undefined,
  expiresMs: undefined,
  application: 'shop',
  team: undefined,
  subscriptions: {},
  models: undefined,
  tokenLimits: [],
};
const spec = (name: string): PolicySpec => ({ name, config: {}, scope: `a#${name}.0` });

class FakeServer {
  readonly asked: Ask[] = [];
  answer: { readonly status: number; readonly body: string } = { status: 200, body: '{"active":true,"sub":"zoe"}' };
  nowMs = 0;
  readonly #states = new Map<string, unknown>();
  hold: Promise<void> | undefined;

  says(value: unknown, status = 200): this {
    this.answer = { status, body: typeof value === 'string' ? value : JSON.stringify(value) };
    return this;
  }

  async identify(token = 'abc', config: object = {}, behind: readonly string[] = []): Promise<Identification> {
    const tools = fakeTools('a#introspection.0', {
      clock: { now: () => NOW, monotonic: () => this.nowMs },
      states: this.#states,
      credentials: [credential],
      route: { policies: ['introspection', ...behind].map(spec) },
      ask: async (request) => this.#reply(request),
    });
    const hooks = introspection.build({ ...BASE, issuer: 'https://id.example', ...config }, tools);
    return hooks.onIdentify?.(fakeExchange({ headers: { authorization: `Bearer ${token}` }, startedAt: NOW }));
  }

  async #reply(request: Ask): Promise<Answer> {
    this.asked.push(request);
    await this.hold;
    return { status: this.answer.status, headers: [], body: Buffer.from(this.answer.body) };
  }
}

describe('introspection', () => {
  it('asks as RFC 7662 says, and as itself', async () => {
    const server = new FakeServer();
    await server.identify('a+b/c==');
    const [request] = server.asked;
    expect(request).toMatchObject({ method: 'POST', url: URL, timeoutMs: 5000 });
    expect(request?.body?.toString()).toBe('token=a%2Bb%2Fc%3D%3D&token_type_hint=access_token');
    expect(Object.fromEntries(request?.headers ?? [])).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from('gate%3A+1:s%25%C3%A9').toString('base64')}`,
    });
  });

  it('tells who calls', async () => {
    const server = new FakeServer().says({
      active: true,
      client_id: 'web',
      username: 'zoe',
      scope: 'read write',
      groups: ['staff'],
      exp: NOW / 1000 + 5,
    });
    expect(await server.identify()).toMatchObject({
      caller: {
        credential: { application: 'shop' },
        subject: 'zoe',
        scopes: ['read', 'write'],
        groups: ['staff'],
        fields: ['authorization'],
      },
    });
  });

  it.each<[string, object, object, string]>([
    ['that is not active', { active: false, sub: 'zoe' }, {}, 'auth.invalid'],
    ['of another issuer', { active: true, iss: 'https://evil.example' }, {}, 'auth.invalid'],
    ['for somebody else', { active: true, aud: 'billing' }, { audience: 'orders' }, 'auth.invalid'],
    ['for nobody', { active: true }, { audience: 'orders' }, 'auth.invalid'],
    ['that has ended, though the server calls it active', { active: true, exp: NOW / 1000 }, {}, 'auth.expired'],
    ['that is to come', { active: true, nbf: NOW / 1000 + 1 }, {}, 'auth.invalid'],
    ['with an end that is none', { active: true, exp: 'soon' }, {}, 'auth.invalid'],
  ])('refuses a token %s', async (_, answer, config, code) => {
    expect(await new FakeServer().says(answer).identify('abc', config)).toMatchObject({ code });
  });

  it.each<[string, unknown, number?]>([
    ['an error', { active: true }, 500],
    ['a redirect', { active: true }, 302],
    ['that the gate may not ask', { error: 'invalid_client' }, 401],
    ['no JSON', '<html>'],
    ['JSON that says two things', '{"active":false,"active":true}'],
    ['a list', [{ active: true }]],
    ['no answer to the question', { sub: 'zoe' }],
    ['a text for yes', { active: 'true' }],
  ])('lets nobody through when the server answers with %s, and does not keep it', async (_, answer, status) => {
    const server = new FakeServer().says(answer, status);
    expect(await server.identify()).toMatchObject({ code: 'auth.unavailable' });
    expect(await server.says({ active: true }).identify()).toMatchObject({ caller: {} });
  });

  it('keeps answers for their time', async () => {
    const server = new FakeServer();
    await server.identify();
    server.nowMs = 29_999;
    await server.identify();
    expect(server.asked).toHaveLength(1);
    server.nowMs = 30_000;
    server.says({ active: false });
    expect(await server.identify()).toMatchObject({ code: 'auth.invalid' });
    server.nowMs = 34_999;
    await server.identify();
    expect(server.asked).toHaveLength(2);
    server.nowMs = 35_000;
    server.says({ active: true });
    expect(await server.identify()).toMatchObject({ caller: {} });
    expect(server.asked).toHaveLength(3);
  });

  it('asks once for all who wait, apart for other tokens and other configurations', async () => {
    const server = new FakeServer();
    await Promise.all([
      server.identify(),
      server.identify(),
      server.identify('x'),
      server.identify('abc', { cache: '1m' }),
    ]);
    expect(server.asked).toHaveLength(3);
  });

  it('asks about 256 tokens at once and no more', async () => {
    const server = new FakeServer();
    let go = (): void => {};
    server.hold = new Promise((resolve) => (go = resolve));
    const all = Array.from({ length: 256 }, async (_, index) => server.identify(`t${index}`));
    expect(await server.identify('late')).toMatchObject({ code: 'auth.unavailable' });
    go();
    expect((await Promise.all(all)).every((answer) => answer !== undefined && 'caller' in answer)).toBe(true);
    expect(await server.identify('late')).toMatchObject({ caller: {} });
  });

  it('leaves what is not active to a policy behind it', async () => {
    const server = new FakeServer().says({ active: false });
    expect(await server.identify('abc', {}, ['key'])).toBeUndefined();
    expect(await server.identify('abc', {}, ['headers'])).toMatchObject({ code: 'auth.invalid' });
  });
});
