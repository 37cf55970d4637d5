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

  const refused: Readonly<Record<string, readonly [string, RegExp]>> = {
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
