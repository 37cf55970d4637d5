import { describe, expect, it } from 'vitest';
import { problemsOf, snapshotOf } from '../__fixtures__/compile-text.ts';
import type { UpstreamSpec } from '../snapshot.ts';

const withUpstream = (svc: string): string => `gatehouse: 1\nupstreams:\n  svc: ${svc}\n`;

function upstream(text: string): UpstreamSpec | undefined {
  return snapshotOf(withUpstream(text)).upstreams['svc'];
}

describe('compileUpstreams', () => {
  it('fills in everything but the targets', () => {
    expect(upstream('{ targets: [ "http://a" ] }')).toEqual({
      name: 'svc',
      balance: 'peak-ewma',
      endpoints: [{ id: 'http://a:80', tls: false, host: 'a', port: 80, authority: 'a', basePath: '', weight: 1 }],
      health: undefined,
      timeouts: { connectMs: 2000, firstByteMs: 30_000, idleMs: 60_000 },
      retries: { attempts: 1, on: ['connect'], budget: 0.2 },
      ejection: {
        consecutive: 5,
        consecutiveLocal: 5,
        intervalMs: 10_000,
        baseMs: 30_000,
        maxMs: 300_000,
        maxShare: 0.5,
        failures: { share: 0.85, minRequests: 50 },
        successRate: { stdevs: 1.9, minEndpoints: 5, minRequests: 100 },
      },
    });
  });

  it('fills in what a health check leaves open', () => {
    expect(upstream('{ targets: [ "http://a" ], health: { path: /ok } }')?.health).toEqual({
      path: '/ok',
      intervalMs: 5000,
      timeoutMs: 1000,
      unhealthyAfter: 2,
      healthyAfter: 1,
    });
  });

  it('fills in what retries and timeouts leave open', () => {
    const spec = upstream('{ targets: [ "http://a" ], retries: { attempts: 3 }, timeouts: { connect: 250ms } }');
    expect(spec?.retries).toEqual({ attempts: 3, on: ['connect'], budget: 0.2 });
    expect(spec?.timeouts).toEqual({ connectMs: 250, firstByteMs: 30_000, idleMs: 60_000 });
  });

  it('takes targets in both forms', () => {
    const spec = upstream('{ targets: [ "http://a", { url: "http://b" }, { url: "http://c", weight: 2.5 } ] }');
    expect(spec?.endpoints.map(({ host, weight }) => [host, weight])).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 2.5],
    ]);
  });

  it.each([
    ['http1', 'https://a', undefined],
    ['h2', 'https://a', 'h2'],
    ['h2c', 'http://a', 'h2'],
    ['auto', 'https://a', 'auto'],
    ['auto', 'http://a', undefined],
  ])('speaks %s to %s', (protocol, url, http2) => {
    expect(upstream(`{ protocol: ${protocol}, targets: [ "${url}" ] }`)?.endpoints[0]?.http2).toBe(http2);
  });

  it('refuses HTTP/2 over TLS in plain text, and the other way round', () => {
    expect(problemsOf(withUpstream('{ protocol: h2, targets: [ "https://a", "http://b" ] }'))).toEqual([
      '3:48: `h2` is spoken over TLS, write an https:// URL here or `protocol: h2c`',
    ]);
    expect(problemsOf(withUpstream('{ protocol: h2c, targets: [ { url: "https://a" } ] }'))).toEqual([
      '3:36: `h2c` is plain text, write an http:// URL here or `protocol: h2`',
    ]);
  });

  it('lets a target rest as long as another works', () => {
    expect(upstream('{ targets: [ "http://a", { url: "http://b", weight: 0 } ] }')?.endpoints[1]?.weight).toBe(0);
    expect(problemsOf(withUpstream('{ targets: [ { url: "http://b", weight: 0 } ] }'))).toEqual([
      '3:10: `targets` all have weight 0, give one of them more',
    ]);
  });

  it('takes two paths of one server for two targets', () => {
    expect(upstream('{ targets: [ "http://a/x", "http://a/y" ] }')?.endpoints).toHaveLength(2);
  });

  it('refuses a target that is written twice, in whatever form', () => {
    expect(problemsOf(withUpstream('{ targets: [ "http://a", { url: "HTTP://A:80/" } ] }'))).toEqual([
      '3:33: this target is written twice, leave one out or give it more weight',
    ]);
  });

  for (const balance of ['round-robin', 'random', 'least-requests', 'peak-ewma', 'consistent-hash']) {
    it(`balances by ${balance}`, () => {
      expect(upstream(`{ balance: ${balance}, targets: [ "http://a" ] }`)?.balance).toBe(balance);
    });
  }

  it.each([
    ['', { by: 'ip', name: '', loadFactor: 1.25 }],
    [', hash: { by: path }', { by: 'path', name: '', loadFactor: 1.25 }],
    [', hash: { by: application, loadFactor: 2 }', { by: 'application', name: '', loadFactor: 2 }],
    [', hash: { by: "header:X-User" }', { by: 'header', name: 'x-user', loadFactor: 1.25 }],
    [', hash: { by: "cookie:Session" }', { by: 'cookie', name: 'Session', loadFactor: 1.25 }],
    [', hash: { by: "query:q" }', { by: 'query', name: 'q', loadFactor: 1.25 }],
  ])('hashes by what is written: %s', (text, expected) => {
    expect(upstream(`{ balance: consistent-hash, targets: [ "http://a" ]${text} }`)?.hash).toEqual(expected);
  });

  it('fills in what the rules of health leave open', () => {
    const spec = upstream('{ targets: [ "http://a" ], slowStart: {}, breaker: {}, hedge: {}, panic: 30% }');
    expect(spec).toMatchObject({
      slowStart: { windowMs: 30_000, aggression: 1 },
      breaker: { errorShare: 0.5, minRequests: 20, windowMs: 10_000, openMs: 5000, probes: 3 },
      hedge: { kind: 'quantile', quantile: 0.95 },
      panicShare: 0.3,
    });
  });

  it('hedges after a time too', () => {
    const spec = upstream('{ targets: [ "http://a" ], hedge: { after: 50ms } }');
    expect(spec?.hedge).toEqual({ kind: 'after', afterMs: 50 });
  });

  it('bounds all tries together where that is written', () => {
    const spec = upstream('{ targets: [ "http://a" ], timeouts: { total: 3s, header: X-Request-Timeout-Ms } }');
    expect(spec?.timeouts).toMatchObject({ totalMs: 3000, header: 'x-request-timeout-ms' });
  });

  it.each([
    [
      '{ dns: { name: Users.Internal., port: 8080 } }',
      { name: 'users.internal', type: 'auto', port: 8080, authority: 'users.internal:8080', everyMs: 30_000 },
    ],
    [
      '{ dns: { name: _http._tcp.users.internal, every: 5s, path: /v2 }, weight: 3 }',
      { type: 'SRV', port: 0, authority: 'users.internal', basePath: '/v2', weight: 3, everyMs: 5000 },
    ],
    [
      '{ dns: { name: users, port: 443, tls: true, type: AAAA, host: api.example.com } }',
      { type: 'AAAA', tls: true, port: 443, authority: 'api.example.com' },
    ],
    [
      '{ url: "https://users.internal:8443/base", resolve: { type: A } }',
      { name: 'users.internal', type: 'A', tls: true, port: 8443, authority: 'users.internal:8443', basePath: '/base' },
    ],
  ])('looks a target up: %s', (target, expected) => {
    const spec = upstream(`{ targets: [ ${target} ] }`);
    expect(spec?.endpoints).toEqual([]);
    expect(spec?.discovery).toEqual([expect.objectContaining(expected)]);
  });

  it('keeps targets that are looked up apart from those that are not', () => {
    const spec = upstream('{ protocol: h2c, targets: [ "http://a", { dns: { name: b, port: 80 } } ] }');
    expect(spec?.endpoints.map(({ host }) => host)).toEqual(['a']);
    expect(spec?.discovery).toEqual([expect.objectContaining({ name: 'b', http2: 'h2' })]);
  });

  const refused: Readonly<Record<string, readonly [string, RegExp]>> = {
    'a target without an address': [
      '{ targets: [ { weight: 1 } ] }',
      /a target has either a `url` or a `dns`, write one of them/,
    ],
    'a target with two addresses': [
      '{ targets: [ { url: "http://a", dns: { name: b, port: 80 } } ] }',
      /a target has either a `url` or a `dns`/,
    ],
    'a name without a port': ['{ targets: [ { dns: { name: b } } ] }', /`port` is missing: only SRV records bring one/],
    'a name that is none': ['{ targets: [ { dns: { name: "a b" } } ] }', /`name` is not a name that can be looked up/],
    'an address for a name': ['{ targets: [ { dns: { name: 10.0.0.1, port: 80 } } ] }', /`name` is not a name/],
    'a name that is written twice': [
      '{ targets: [ { dns: { name: b, port: 80 } }, { dns: { name: B, port: 80 } } ] }',
      /this target is written twice/,
    ],
    'an address that is to be looked up': [
      '{ targets: [ { url: "http://10.0.0.1", resolve: {} } ] }',
      /the host of `url` is an address, leave `resolve` out/,
    ],
    'resolve for a name': [
      '{ targets: [ { dns: { name: b, port: 80 }, resolve: {} } ] }',
      /`resolve` is for a `url`, leave it out/,
    ],
    'h2 to a name in plain text': [
      '{ protocol: h2, targets: [ { dns: { name: b, port: 80 } } ] }',
      /`h2` is spoken over TLS/,
    ],
    'a hash that nothing uses': [
      '{ targets: [ "http://a" ], hash: { by: ip } }',
      /`hash` is only for `balance: consistent-hash`, write that too/,
    ],
    'a hash of nothing': [
      '{ balance: consistent-hash, targets: [ "http://a" ], hash: { by: "header:" } }',
      /`by` is nothing to hash, write ip, path, application, header:NAME/,
    ],
    'a bound that is none': [
      '{ balance: consistent-hash, targets: [ "http://a" ], hash: { loadFactor: 1 } }',
      /`loadFactor` is not possible/,
    ],
    'a header that tells nothing': [
      '{ targets: [ "http://a" ], timeouts: { header: x-left } }',
      /`header` tells what is left of `total`, write that too/,
    ],
    'a header that is in use': [
      '{ targets: [ "http://a" ], timeouts: { total: 1s, header: host } }',
      /`header` may be in use, write a name of your own that begins with x-/,
    ],
    'an ejection longer than the longest': [
      '{ targets: [ "http://a" ], ejection: { base: 10m } }',
      /`base` is longer than `max`, write less/,
    ],
    'a hedge at no moment': ['{ targets: [ "http://a" ], hedge: { after: p100 } }', /`after` is no moment, write p50/],
    'a negative weight': [
      '{ targets: [ { url: "http://a", weight: -1 } ] }',
      /`weight` is not possible, write a number from 0/,
    ],
    'a weight that is no number': [
      '{ targets: [ { url: "http://a", weight: heavy } ] }',
      /`weight` is a text, write a number from 0/,
    ],
    'an endless weight': ['{ targets: [ { url: "http://a", weight: .inf } ] }', /`weight` is not possible/],
    'a budget above 100 %': [
      '{ targets: [ "http://a" ], retries: { budget: 101% } }',
      /`budget` is not a share, write one from 0% to 100%/,
    ],
    'a budget below 0 %': ['{ targets: [ "http://a" ], retries: { budget: -1% } }', /`budget` is not a share/],
    'a budget without its sign': ['{ targets: [ "http://a" ], retries: { budget: 20 } }', /`budget` is not a share/],
    'too many attempts': [
      '{ targets: [ "http://a" ], retries: { attempts: 11 } }',
      /`attempts` is not possible, write a whole number from 0 to 10/,
    ],
    'half an attempt': ['{ targets: [ "http://a" ], retries: { attempts: 1.5 } }', /`attempts` is not possible/],
    'a cause that is no reason to retry': [
      '{ targets: [ "http://a" ], retries: { on: [ 404 ] } }',
      /`404` is no value of `on\[0\]`/,
    ],
    'a timeout of nothing': [
      '{ targets: [ "http://a" ], timeouts: { idle: 0s } }',
      /`idle` is not a possible duration/,
    ],
    'a health check without its slash': [
      '{ targets: [ "http://a" ], health: { path: readyz } }',
      /`path` is not the path of a request/,
    ],
    'a health check with a space': [
      '{ targets: [ "http://a" ], health: { path: "/a b" } }',
      /`path` is not the path of a request/,
    ],
    'no targets': ['{ targets: [] }', /`targets` has too few items, write at least 1/],
    'one target that is no list': ['{ targets: "http://a" }', /`targets` is a text, write a list/],
    'a target that is neither text nor map': [
      '{ targets: [ [ "http://a" ] ] }',
      /`targets\[0\]` is a list, write a URL such as .* or a map/,
    ],
  };
  for (const [name, [text, expected]] of Object.entries(refused)) {
    it(`refuses ${name}`, () => expect(problemsOf(withUpstream(text))).toEqual([expect.stringMatching(expected)]));
  }
});
