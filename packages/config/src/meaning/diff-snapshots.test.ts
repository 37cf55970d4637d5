import { describe, expect, it } from 'vitest';
import { snapshotOf } from '../__fixtures__/compile-text.ts';
import { diffSnapshots } from './diff-snapshots.ts';

const BASE = `
gatehouse: 1
upstreams:
  users: { targets: [ { url: "http://10.0.0.1:4001" } ] }
apis:
  users:
    version: 1.0.0
    basePath: /v1
    access: key
    upstream: users
    policies: [ { rate-limit: { limit: 100, window: 1m } } ]
    routes: [ { method: GET, path: /users }, { method: "*", path: "/users/{id}" } ]
plans:
  gold: { apis: [users], limits: [ { limit: 10, window: 1m } ] }
applications:
  mobile:
    keys: [ { name: ci, secret: "\${MOBILE_KEY}" } ]
    subscriptions: [ { api: users, plan: gold } ]
ai:
  providers: { openai: { kind: openai, apiKey: "\${OPENAI_API_KEY}" } }
  models: { fast: { targets: [ { provider: openai, model: gpt-5-mini } ] } }
  access: [ { application: mobile, models: [fast], budget: { usd: 5, per: month } } ]
`;

/** What changes when `from` in the text becomes `to`, a line each. */
function told(from: string | RegExp, to: string, env: Readonly<Record<string, string>> = {}): string[] {
  const changed = BASE.replace(from, to);
  expect(changed === BASE && Object.keys(env).length === 0).toBe(false);
  const options = { env: { MOBILE_KEY: 'mobile-key-in-clear', OPENAI_API_KEY: 'sk-openai', ...env } };
  const before = snapshotOf(BASE, { env: { MOBILE_KEY: 'mobile-key-in-clear', OPENAI_API_KEY: 'sk-openai' } });
  return diffSnapshots(before, snapshotOf(changed, options)).changes.map(
    ({ area, change, subject, detail, requests }) =>
      `${area} ${change} ${subject}: ${detail}${requests === undefined ? '' : ` [${requests.join(', ')}]`}`,
  );
}

describe('what a change means', () => {
  it.each([
    [
      'a new path',
      '/users }',
      '/users }, { method: POST, path: /users }',
      ['route added users: answered: users, access key [POST /v1/users]'],
    ],
    [
      'a path that goes',
      '{ method: GET, path: /users }, ',
      '',
      ['route removed users: not answered any more [GET /v1/users]'],
    ],
    [
      'access',
      'access: key',
      'access: open',
      ['access changed users: access: key → open [* /v1/users/{id}, GET /v1/users]'],
    ],
    [
      'a policy of all its routes',
      'limit: 100',
      'limit: 50',
      ['policy changed users: rate-limit limit: 100 → 50 [* /v1/users/{id}, GET /v1/users]'],
    ],
    [
      'a policy of one route',
      'path: /users }',
      'path: /users, policies: [ { cache: { ttl: 1s } } ] }',
      ['policy added users: cache [GET /v1/users]'],
    ],
    [
      'a policy that goes',
      /policies: .*\n/,
      'policies: []\n',
      ['policy removed users: rate-limit [* /v1/users/{id}, GET /v1/users]'],
    ],
    [
      'an upstream',
      '    upstream: users',
      '    upstream: "http://other"',
      ['route changed users: goes to: users → http://other:80 [* /v1/users/{id}, GET /v1/users]'],
    ],
    [
      'an endpoint',
      '10.0.0.1:4001" }',
      '10.0.0.1:4001" }, { url: "http://10.0.0.2:4001" }',
      ['upstream changed users: targets.http://10.0.0.2:4001: none → settings [GET /v1/users, * /v1/users/{id}]'],
    ],
    [
      'a version',
      'version: 1.0.0',
      'version: 1.1.0',
      ['route changed users: version: 1.0.0 → 1.1.0 [* /v1/users/{id}, GET /v1/users]'],
    ],
    [
      'a plan',
      'limit: 10,',
      'limit: 20,',
      ['access changed mobile: users: limits[0].limit: 10 → 20', 'access changed gold: plan limits[0].limit: 10 → 20'],
    ],
    [
      'a subscription',
      'subscriptions: [ { api: users, plan: gold } ]',
      'subscriptions: []',
      ['access removed mobile: may not call users any more'],
    ],
    [
      'a further key',
      'name: ci,',
      'name: other, sha256: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }, { name: ci,',
      ['access added mobile: credential other'],
    ],
    [
      'a model',
      'gpt-5-mini }',
      'gpt-5-mini, weight: 3 }',
      ['model changed fast: targets.openai/gpt-5-mini.weight: 1 → 3'],
    ],
    [
      'what may be spent',
      'usd: 5',
      'usd: 6',
      ['access changed application mobile month: budget limitMicroUsd: 5000000 → 6000000'],
    ],
  ] as const)('tells of %s', (_, from, to, expected) => {
    expect(told(from, to)).toEqual(expected);
  });

  it.each([
    ['the name of a path parameter', '{id}', '{user}'],
    ['a comment', 'gatehouse: 1', 'gatehouse: 1 # of course'],
    ['a default that is written', 'basePath: /v1', 'basePath: /v1\n    stripBasePath: true'],
    [
      'the order of routes',
      /routes: .*\n/,
      'routes: [ { method: "*", path: "/users/{id}" }, { method: GET, path: /users } ]\n',
    ],
  ] as const)('finds nothing in %s', (_, from, to) => {
    expect(told(from, to)).toEqual([]);
  });

  it('says that a secret differs, and not what it is', () => {
    const lines = told('gatehouse: 1', 'gatehouse: 1', { OPENAI_API_KEY: 'sk-another' });
    expect(lines).toEqual(['model changed openai: provider apiKey: a text → a text']);
  });

  it('knows a key by its hash, whatever it is called', () => {
    expect(told('name: ci', 'name: build')).toEqual([]);
    expect(told('gatehouse: 1', 'gatehouse: 1', { MOBILE_KEY: 'another-key-in-clear' })).toEqual([
      'access added mobile: credential ci',
      'access removed mobile: credential ci',
    ]);
  });

  it('does not list what is without end', () => {
    const routes = Array.from({ length: 300 }, (_, n) => `{ method: GET, path: /x${n} }`).join(', ');
    const [line = ''] = told(
      /routes: .*\n/,
      `routes: [ { method: GET, path: /users }, { method: "*", path: "/users/{id}" }, ${routes} ]\n`,
    );
    expect(line.split(',').length).toBe(301);
    const limits = Array.from({ length: 40 }, (_, n) => `{ limit: ${n + 1}, window: 1m }`).join(', ');
    expect(told('limits: [ { limit: 10, window: 1m } ]', `limits: [ ${limits} ]`)).toContain(
      'access changed gold: plan limits: 1 item → 40 items',
    );
  });
});
