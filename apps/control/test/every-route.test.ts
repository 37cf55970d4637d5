import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { arbitraryOf } from './arbitrary-of.ts';
import { ROUTES } from '../src/routes/routes.ts';
import type { Route } from '../src/routes/route.ts';
import { openTestHouse, type Json, type TestHouse } from './house.ts';

let test: TestHouse;
beforeEach(async () => {
  test = await openTestHouse();
});
afterEach(async () => test.close());

const ROLES = ['viewer', 'developer', 'publisher', 'reviewer', 'auditor', 'admin'];

async function post(path: string, body: unknown): Promise<Json> {
  const reply = await test.call('POST', path, { body });
  expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
  return reply.body;
}

/** Somebody with all rights in one workspace and none in others. */
async function tokenOf(grants: readonly object[]): Promise<string> {
  const user = await post('/users', { name: `u${grants.length}-${Math.random()}@example.com`, grants });
  return (await post('/tokens', { name: 'test', user: user.id })).token;
}

const addressOf = (route: Route, values: Readonly<Record<string, string>>): string =>
  route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? 'x'));

const guarded = ROUTES.filter(({ permission, signed }) => permission !== 'none' && signed !== true);

describe('every route of the admin API', () => {
  it('names a permission, and an operation of its own', () => {
    for (const { permission } of ROUTES) expect(permission).toMatch(/^(?:[a-z]+:[a-z_-]+|self|none|signed)$/);
    expect(new Set(ROUTES.map(({ operationId }) => operationId)).size).toBe(ROUTES.length);
  });

  it.each(guarded.map((route) => [`${route.method} ${route.path}`, route] as const))(
    'refuses whoever is unknown: %s',
    async (_, route) => {
      const path = addressOf(route, { workspace: 'default' });
      for (const token of ['', 'nobodys-token'])
        expect((await test.call(route.method, path, { token, body: {} })).status).toBe(401);
    },
  );

  const ruled = guarded.filter(({ permission }) => permission !== 'self');
  it.each(ruled.map((route) => [`${route.method} ${route.path}`, route] as const))(
    'refuses whoever has no rights at all: %s',
    async (_, route) => {
      const token = await tokenOf([]);
      const id = 'api_0000000000123456789abcdef01';
      const path = addressOf(route, { workspace: 'default', id });
      const reply = await test.call(route.method, path, { token, body: {}, headers: { 'if-match': '"1"' } });
      expect([401, 403, 404, 422]).toContain(reply.status);
      expect(reply.body.code).not.toBe('gateway.internal');
      if (route.method === 'GET') expect([403, 404]).toContain(reply.status);
    },
  );
});

describe('what is in another workspace', () => {
  it('cannot be reached, by any route and any id', async () => {
    const other = await post('/workspaces', { name: 'other' });
    const W = '/workspaces/default';
    const ids = new Map<string, string>();
    const make = async (kind: string, plural: string, body: object): Promise<Json> => {
      const made = await post(`${W}/${plural}`, body);
      ids.set(kind, made.id);
      return made;
    };
    const api = await make('api', 'apis', { name: 'hidden-api' });
    const version = await make('version', 'versions', { name: '1', api: api.id, spec: { upstream: 'http://h' } });
    await make('revision', 'revisions', { version: version.id });
    await make('team', 'teams', { name: 'hidden-team' });
    await make('upstream', 'upstreams', { name: 'hidden-upstream', spec: { targets: ['http://h'] } });
    await make('plan', 'plans', { name: 'hidden-plan', apis: ['hidden-api'], spec: {} });
    const application = await make('application', 'applications', { name: 'hidden-app' });
    await make('credential', 'credentials', { name: 'hidden-key', application: application.id });
    const stranger = await tokenOf([{ role: 'admin', workspace: 'other' }]);
    const leaks: unknown[] = [];
    for (const route of ROUTES.filter((each) => each.path.includes('{workspace}'))) {
      for (const id of route.path.includes('{id}') ? ids.values() : ['']) {
        for (const workspace of ['default', other.id]) {
          const path = addressOf(route, { workspace, id });
          const headers = { 'if-match': '"1"' };
          const reply = await test.call(route.method, path, { token: stranger, body: {}, headers });
          const told = JSON.stringify(reply.body);
          const isOwn = workspace === other.id && !route.path.includes('{id}');
          if (told.includes('hidden-') || (!isOwn && reply.status < 300))
            leaks.push([route.method, path, reply.status]);
        }
      }
    }
    expect(leaks).toEqual([]);
  }, 60_000);
});

describe('whatever is sent to the admin API', () => {
  it('is answered, without a fault of ours and without a secret', async () => {
    const secret = 'sk-secret-of-a-vendor';
    const W = '/workspaces/default';
    const provider = await post(`${W}/providers`, { name: 'openai', spec: { kind: 'openai', apiKey: secret } });
    const api = await post(`${W}/apis`, { name: 'users' });
    const version = await post(`${W}/versions`, { name: '1', api: api.id, spec: { upstream: 'http://h' } });
    const revision = await post(`${W}/revisions`, { version: version.id });
    const plan = await post(`${W}/plans`, { name: 'gold', apis: ['users'], spec: {} });
    const application = await post(`${W}/applications`, { name: 'x' });
    const credential = await post(`${W}/credentials`, { name: 'x', application: application.id });
    const made = [provider, api, version, revision, plan, application, credential].map(({ id }) => id);
    const tokens = ['an-administrator-for-tests', await tokenOf(ROLES.map((role) => ({ role })))];
    const odd = fc.constantFrom('', '..', '%00', '__proto__', 'constructor', "'; --", 'a'.repeat(300), '\u{1f512}');
    const ids = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...made) }, odd);
    const workspaces = fc.oneof({ weight: 8, arbitrary: fc.constant('default') }, odd);
    const asked = fc
      .constantFrom(...ROUTES)
      .chain((route) => fc.tuple(fc.constant(route), arbitraryOf(withIds(route.body, made))));
    const reached = new Set<number>();
    await fc.assert(
      fc.asyncProperty(
        asked,
        fc.constantFrom(...tokens),
        fc.tuple(workspaces, ids, odd),
        async ([route, body], token, [workspace, id, word]) => {
          const path = addressOf(route, { workspace, id, name: word });
          const query =
            route.method === 'GET' ? `?limit=${encodeURIComponent(word)}&after=${encodeURIComponent(id)}` : '';
          const headers = { 'if-match': '"1"' };
          const reply = await test.call(route.method, `${path}${query}`, { token, body, headers });
          reached.add(reply.status);
          const outcome = reply.status < 500 || reply.status === 503 ? 'answered' : reply.body;
          expect([route.method, path, body, outcome]).toEqual([route.method, path, body, 'answered']);
          expect(JSON.stringify(reply.body)).not.toContain(secret);
        },
      ),
      { numRuns: 3000 },
    );
    // It has got behind the doors.
    for (const status of [200, 201, 403, 404, 422]) expect([...reached]).toContain(status);
  }, 180_000);
});

/** With real ids where a schema asks for one. */
function withIds(schema: unknown, made: readonly string[]): unknown {
  const text = JSON.stringify(schema ?? {});
  return JSON.parse(text, (_, value: unknown) => {
    const isId =
      typeof value === 'object' &&
      value !== null &&
      'description' in value &&
      String(value.description).startsWith('The id of');
    return isId ? { enum: made } : value;
  });
}
