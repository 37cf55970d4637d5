import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileText } from '../load-config.ts';
import { importKong, KongProblem } from './import-kong.ts';
import { kongPath } from './kong-paths.ts';

const SHOP = readFileSync(path.join(import.meta.dirname, '__fixtures__', 'shop.kong.yaml'), 'utf8');
const head = '_format_version: "3.0"\n';

function validated(yaml: string): string[] {
  const result = compileText(yaml, { file: 'imported.yaml', env: {} });
  return 'problems' in result ? result.problems.map(({ message }) => message) : [];
}

describe('a shop behind Kong', () => {
  const { yaml, leftOut } = importKong(SHOP);

  it('becomes the file that is kept here', async () => {
    await expect(yaml).toMatchFileSnapshot('__fixtures__/shop.gatehouse.yaml');
  });

  it('is valid', () => expect(validated(yaml)).toEqual([]));

  it('holds no secret of it, but what tells the key apart', () => {
    expect(yaml).not.toContain('s3cret');
    expect(yaml).toContain(createHash('sha256').update('s3cret-of-mobile').digest('hex'));
  });

  it('keeps groups as subscriptions', () => {
    expect(parse(yaml)).toMatchObject({
      apis: { 'users-admin': { access: 'subscribed', stripBasePath: false } },
      applications: { 'mobile-app': { subscriptions: [{ api: 'users-admin' }] }, partner: {} },
    });
  });

  it('has plugins act where they stand, and the most special one of a name', () => {
    const limits = [{ 'rate-limit': { limit: 5, window: '1s', by: 'ip' } }];
    const { apis } = parse(yaml);
    expect(apis['users-read'].policies).toMatchObject([...limits, { cors: { maxAge: '600s' } }]);
    expect(apis['users-admin'].policies).toMatchObject([
      { 'ip-access': { allow: ['10.0.0.0/8'] } },
      { 'rate-limit': { limit: 100 } },
      { 'rate-limit': { limit: 1000 } },
    ]);
    expect(apis.files.policies).toMatchObject([
      { 'body-size': { max: '8MiB' } },
      { headers: { request: { add: { 'x-from': 'kong' }, remove: ['cookie'] } } },
      { rewrite: { query: { remove: ['debug'] } } },
    ]);
  });

  it('tells what decides who may call', () => {
    expect(leftOut.filter(({ security }) => security).map(({ where, what }) => `${where}: ${what}`)).toEqual([
      'service users, route users-admin, plugin jwt: tokens are not taken (no public key), so callers must show something else, such as a key',
      'consumer partner: the plugin rate-limiting of this consumer: see plans',
      'consumer partner: a password: Kong keeps it in a way that cannot be carried over, set a new one under `basic`',
      'consumer partner: a key whose value stands elsewhere',
    ]);
  });
});

describe('one plugin', () => {
  const api = (plugin: string): { policies?: unknown; access?: string } => {
    const { yaml } = importKong(
      `${head}services: [{ name: s, url: "http://s", routes: [{ name: r, paths: [/] }], plugins: [${plugin}] }]\n`,
    );
    expect(validated(yaml)).toEqual([]);
    return parse(yaml).apis.r;
  };

  it.each([
    ['{ name: key-auth }', { access: 'key' }],
    ['{ name: key-auth, enabled: false }', { access: 'open' }],
    [
      '{ name: rate-limiting, config: { month: 9, limit_by: header, header_name: x-t } }',
      { policies: [{ 'rate-limit': { limit: 9, window: '30d', by: 'header:x-t' } }] },
    ],
    [
      '{ name: request-size-limiting, config: { allowed_payload_size: 5, size_unit: kilobytes } }',
      { policies: [{ 'body-size': { max: '5KiB' } }] },
    ],
    [
      '{ name: ip-restriction, config: { whitelist: [127.0.0.1], deny: ["::1"] } }',
      { policies: [{ 'ip-access': { allow: ['127.0.0.1'], deny: ['::1'] } }] },
    ],
    ['{ name: cors }', { policies: [{ cors: { origins: ['*'], credentials: false } }] }],
    [
      '{ name: response-transformer, config: { replace: { headers: ["x-a: b:c"] } } }',
      { policies: [{ headers: { response: { set: { 'x-a': 'b:c' } } } }] },
    ],
    [
      '{ name: request-transformer, config: { replace: { uri: /fixed, querystring: ["v:2"] }, remove: { querystring: [debug] } } }',
      { policies: [{ rewrite: { path: '/fixed', query: { set: { v: '2' }, remove: ['debug'] } } }] },
    ],
    [
      '{ name: request-termination, config: { message: "back at six" } }',
      { policies: [{ maintenance: { message: 'back at six' } }] },
    ],
    ['{ name: request-termination }', { policies: [{ maintenance: {} }] }],
    [
      '{ name: request-termination, config: { status_code: 403, message: no } }',
      { policies: [{ mock: { status: 403, body: { message: 'no' } } }] },
    ],
    [
      '{ name: request-termination, config: { status_code: 200, body: "<p>", content_type: text/html } }',
      { policies: [{ mock: { status: 200, body: '<p>', headers: { 'content-type': 'text/html' } } }] },
    ],
    ['{ name: basic-auth, config: { hide_credentials: true } }', { access: 'key', policies: [{ basic: {} }] }],
    [
      '{ name: basic-auth, config: { hide_credentials: true } }, { name: key-auth }',
      { access: 'key', policies: [{ key: {} }, { basic: {} }] },
    ],
    ['{ name: proxy-cache, config: { cache_ttl: 30 } }', { policies: [{ cache: { ttl: '30s' } }] }],
  ])('%s', (plugin, expected) => expect(api(plugin)).toMatchObject(expected));
});

describe('what cannot be said here', () => {
  const leftOut = (plugin: string): readonly string[] => {
    const { yaml, leftOut: list } = importKong(
      `${head}services: [{ name: s, url: "http://s", routes: [{ name: r, paths: [/] }], plugins: [${plugin}] }]\n`,
    );
    expect(validated(yaml)).toEqual([]);
    return list.map(({ where, what, security }) => `${security ? '! ' : ''}${where}: ${what}`);
  };

  it.each([
    [
      '{ name: request-termination, config: { status_code: 403, trigger: x-go } }',
      '! service s, route r, plugin request-termination: answers with status 403 in a way that has no counterpart here',
    ],
    [
      '{ name: key-auth }, { name: basic-auth, config: { hide_credentials: true } }',
      '! service s, route r, plugin basic-auth: Kong asks for a key and a password, here either of them will do',
    ],
    ['{ name: basic-auth }', 'service s, route r, plugin basic-auth: upstreams no longer see the password'],
    [
      '{ name: request-transformer, config: { replace: { uri: "/a/$(uri_captures.x)" } } }',
      'service s, route r, plugin request-transformer: `replace.uri`',
    ],
    [
      '{ name: request-transformer, config: { add: { querystring: ["a:b"] } } }',
      'service s, route r, plugin request-transformer: `add.querystring`',
    ],
    [
      '{ name: request-transformer, config: { replace: { querystring: ["a:$(headers.x)"] } } }',
      'service s, route r, plugin request-transformer: `replace.querystring`',
    ],
  ])('%s is told of', (plugin, told) => expect(leftOut(plugin)).toEqual([told]));

  it('leaves an API out whole rather than without its rule', () => {
    const { yaml, leftOut: list } = importKong(
      `${head}services: [{ name: s, url: "http://s", routes: [{ name: r, paths: [/r] }, { name: q, paths: [/q], ` +
        'plugins: [{ name: ip-restriction, config: { allow: [nonsense] } }] }] }]\n',
    );
    expect(validated(yaml)).toEqual([]);
    expect(Object.keys(parse(yaml).apis)).toEqual(['r']);
    expect(list).toMatchObject([{ where: 'API q', security: true }]);
    expect(list[0]?.what).toMatch(/^left out as a whole, its `.*is not a network/);
  });

  it('leaves out what leads to an upstream that cannot be', () => {
    const { yaml, leftOut: list } = importKong(
      `${head}services: [{ name: s, host: s, port: 99999, routes: [{ name: r, paths: [/r] }] }]\n`,
    );
    expect(validated(yaml)).toEqual([]);
    expect(list.map(({ where }) => where)).toEqual(['upstream s', 'API r']);
  });

  it('does not take what looks like a variable of the environment for one', () => {
    const { yaml, leftOut: list } = importKong(
      `${head}services: [{ name: s, url: "http://s", routes: [{ name: r, paths: [/r] }], plugins: [{ name: ` +
        'response-transformer, config: { add: { headers: ["x-a: ${HOME}"] } } }] }]\n',
    );
    expect(
      yaml
        .split('\n')
        .filter((line) => !line.startsWith('#'))
        .join('\n'),
    ).not.toContain('${HOME}');
    expect(list).toMatchObject([{ security: true }]);
  });
});

describe('an upstream', () => {
  const imported = (upstream: string, service = ''): { upstream: unknown; told: readonly string[] } => {
    const { yaml, leftOut } = importKong(
      `${head}services: [{ name: s, host: u, protocol: https, port: 443, routes: [{ name: r, paths: [/] }]${service} }]\n` +
        `upstreams: [{ name: u, algorithm: consistent-hashing, targets: [{ target: "10.0.0.1:443" }]${upstream} }]\n`,
    );
    expect(validated(yaml)).toEqual([]);
    return { upstream: parse(yaml).upstreams.s, told: leftOut.map(({ what }) => what) };
  };

  it.each([
    ['', 'application', []],
    [', hash_on: consumer', 'application', []],
    [', hash_on: ip', 'ip', []],
    [', hash_on: header, hash_on_header: x-tenant', 'header:x-tenant', []],
    [', hash_on: query_arg, hash_on_query_arg: id', 'query:id', []],
    [', hash_on: path', 'path', []],
    [
      ', hash_on: cookie, hash_on_cookie: sid',
      'cookie:sid',
      ['callers without the cookie that is hashed are not given one'],
    ],
    [
      ', hash_on: header, hash_on_header: x-a, hash_fallback: ip',
      'header:x-a',
      ['`hash_fallback: ip`: requests without what is hashed go anywhere'],
    ],
  ])('hashes what Kong does (%s)', (fields, by, told) => {
    expect(imported(fields)).toEqual({
      upstream: expect.objectContaining({ balance: 'consistent-hash', hash: { by } }),
      told,
    });
  });

  it('that cannot hash so takes the address, and says so', () => {
    const { upstream, told } = imported(', hash_on: uri_capture');
    expect(upstream).not.toHaveProperty('hash');
    expect(told).toEqual(['`hash_on: uri_capture`: the caller’s address is hashed']);
  });

  it('whose certificate is not looked at stays so, and that is told', () => {
    const { upstream, told } = imported('', ', tls_verify: false');
    expect(upstream).toMatchObject({ tls: { verify: false } });
    expect(told).toEqual(['`tls_verify: false` is kept: whoever stands in between reads everything']);
  });
});

describe('paths', () => {
  it.each([
    ['/', { prefix: '', path: '/*', wider: false }],
    ['/a/b/', { prefix: '/a/b', path: '/*', wider: false }],
    ['~/a/(?<id>[^/]+)$', { prefix: '', path: '/a/{id}', wider: false }],
    [String.raw`~/v\d+/x`, undefined],
    [String.raw`~/a/\d+/b$`, { prefix: '', path: '/a/{part2}/b', wider: true }],
    [String.raw`~^/a\.json$`, { prefix: '', path: '/a.json', wider: false }],
    ['~/a.b$', undefined],
    ['~/(a|b)$', undefined],
    ['~/.*', undefined],
    ['/a*', undefined],
    ['/a//b', undefined],
  ])('%s', (text, expected) => expect(kongPath(text)).toEqual(expected));
});

describe('what is no configuration of Kong', () => {
  it.each([
    ['', 'it has no sections'],
    ['[1]', 'it has no sections'],
    ['services: []', '_format_version'],
    ['_format_version: "9.9"', '_format_version'],
    ['a: [', 'at line 1'],
    ['a: 1\na: 2', 'unique'],
  ])('%j is refused', (text, why) => {
    expect(() => importKong(text)).toThrow(KongProblem);
    expect(() => importKong(text)).toThrow(why);
  });

  it('of any shape is read or refused, and what comes of it is valid', () => {
    const entity = fc.dictionary(
      fc.constantFrom(
        'name',
        'url',
        'host',
        'port',
        'path',
        'paths',
        'methods',
        'headers',
        'plugins',
        'routes',
        'config',
        'username',
        'acls',
        'keyauth_credentials',
        'targets',
        'service',
        'retries',
      ),
      fc.oneof(
        fc.jsonValue(),
        fc.constantFrom('users', ['/a'], ['GET'], [{ name: 'cors', config: {} }], [{ key: 'k' }]),
      ),
    );
    const sections = fc.dictionary(
      fc.constantFrom('services', 'routes', 'upstreams', 'consumers', 'plugins', 'acls'),
      fc.oneof(fc.array(entity, { maxLength: 4 }), fc.jsonValue()),
    );
    fc.assert(
      fc.property(sections, (root) => {
        const { yaml } = importKong(JSON.stringify({ _format_version: '3.0', ...root }));
        expect(yaml).toMatch(/^# Imported from Kong\.\n/);
        expect(validated(yaml)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('with thousands of routes takes no time', () => {
    const routes = Array.from({ length: 5000 }, (_, index) => `{ name: r${index}, paths: [/p${index}] }`);
    const { yaml } = importKong(`${head}services: [{ name: s, url: "http://s", routes: [${routes.join(',')}] }]\n`);
    expect(Object.keys(parse(yaml).apis)).toHaveLength(5000);
  });
});
