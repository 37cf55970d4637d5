import { describe, expect, it } from 'vitest';
import { firstRoute, problemsOf, routesOf, snapshotOf } from '../__fixtures__/compile-text.ts';

const withApi = (api: string): string => `gatehouse: 1\napis:\n  users: ${api}\n`;
const withRoutes = (...routes: readonly string[]): string =>
  withApi(`{ upstream: "http://h", basePath: /v1, routes: [ ${routes.join(', ')} ] }`);

describe('compileRoutes', () => {
  it('lets everything through where nothing is listed', () => {
    expect(firstRoute(withApi('{ upstream: "http://h" }'))).toEqual({
      id: 'users * /*',
      api: 'users',
      version: '',
      hosts: [],
      method: '*',
      path: '/*',
      strip: '',
      when: undefined,
      access: 'subscribed',
      allow: [],
      policies: [],
      bodyBytesMax: 104_857_600,
      target: { kind: 'upstream', upstream: 'http://h:80' },
    });
  });

  const paths: Readonly<Record<string, readonly [string, string, string]>> = {
    'joins base path and path': ['/v1', '/users/{id}', '* /v1/users/{id}'],
    'takes /* for all below the base and the base itself': ['/v1', '/*', '* /v1/*'],
    'has no base by default': ['/', '/users', '* /users'],
    'takes an empty base for none': ['""', '/users', '* /users'],
    'drops the last slash of a base': ['/v1/', '/users', '* /v1/users'],
    'keeps the slash behind a base': ['/v1', '/', '* /v1/'],
    'brings both into canonical form': ['/%7ea', '/b c', '* /~a/b%20c'],
  };
  for (const [name, [base, path, expected]] of Object.entries(paths)) {
    it(name, () => {
      expect(routesOf(withApi(`{ upstream: "http://h", basePath: ${base}, routes: [ { path: "${path}" } ] }`))).toEqual(
        [expected],
      );
    });
  }

  it('takes the base off again unless told otherwise', () => {
    const strip = (more: string): string =>
      firstRoute(withApi(`{ upstream: "http://h", basePath: /v1/ ${more} }`)).strip;
    expect(strip('')).toBe('/v1');
    expect(strip(', stripBasePath: true')).toBe('/v1');
    expect(strip(', stripBasePath: false')).toBe('');
  });

  it('writes methods in upper case and takes none for any', () => {
    expect(routesOf(withRoutes('{ path: /a, method: get }', '{ path: /a, method: Purge }', '{ path: /a }'))).toEqual([
      'GET /v1/a',
      'PURGE /v1/a',
      '* /v1/a',
    ]);
  });

  it('writes hosts in lower case, and each once', () => {
    expect(
      firstRoute(withApi('{ upstream: "http://h", hosts: [ "A.example", a.example, "*.B.example" ] }')).hosts,
    ).toEqual(['a.example', '*.b.example']);
  });

  it('puts the policies of an API in front of those of a route, each list in its order', () => {
    const text = `gatehouse: 1
apis:
  users:
    upstream: http://h
    policies: [ { stamp: { text: 1s } }, { rate-limit: { limit: 1, window: 1m } } ]
    routes:
      - { path: /a, policies: [ { rate-limit: { limit: 2, window: 1m } }, { stamp: { text: 2s } }, { stamp: { text: 3s } } ] }
      - { path: /b }
`;
    const [a, b] = snapshotOf(text).routes;
    expect(a?.policies.map(({ name }) => name)).toEqual(['stamp', 'rate-limit', 'rate-limit', 'stamp', 'stamp']);
    expect(a?.policies[2]?.config).toEqual({ limit: 2, window: '1m', by: 'application', cost: 1 });
    expect(b?.policies).toHaveLength(2);
  });

  it('takes a policy with nothing behind it for one with defaults', () => {
    expect(firstRoute(withApi('{ upstream: "http://h", policies: [ headers: ] }')).policies).toEqual([
      { name: 'headers', config: { request: { set: {}, remove: [] } }, scope: 'users#headers.0' },
    ]);
  });

  it('lets a route have its own access, upstream and spellings', () => {
    const text = withRoutes(
      '{ path: /a, access: open, upstream: "https://other:8443/x", allow: [ semicolon ] }',
      '{ path: /b }',
    );
    expect(snapshotOf(text).routes).toMatchObject([
      { access: 'open', allow: ['semicolon'], target: { upstream: 'https://other:8443/x' } },
      { access: 'subscribed', allow: [], target: { upstream: 'http://h:80' } },
    ]);
  });

  it('needs no upstream of the API where each route has one', () => {
    expect(routesOf(withApi('{ routes: [ { path: /a, upstream: "http://h" } ] }'))).toEqual(['* /a']);
    expect(
      problemsOf(withApi('{ routes: [ { path: /a, upstream: "http://h" }, { path: /b }, { path: /c } ] }')),
    ).toEqual(['3:3: `upstream` is missing in `users`, write the name of an upstream or a URL, here or in each route']);
    expect(problemsOf(withApi('{}'))).toHaveLength(1);
  });

  it('makes one upstream of all spellings of a URL', () => {
    const text = 'gatehouse: 1\napis: { a: { upstream: "http://H:80/" }, b: { upstream: "http://h", basePath: /b } }\n';
    expect(Object.keys(snapshotOf(text).upstreams)).toEqual(['http://h:80']);
  });

  it('writes header names of conditions in lower case and leaves values alone', () => {
    const route = firstRoute(withRoutes('{ path: /a, when: { headers: { X-Beta: "On" }, query: { V: "*" } } }'));
    expect(route.when).toEqual({ headers: { 'x-beta': 'On' }, query: { V: '*' } });
    expect(route.id).toBe('users * /v1/a when header:x-beta=On query:V=*');
  });

  it('takes conditions about nothing for none', () => {
    expect(firstRoute(withRoutes('{ path: /a, when: {} }')).when).toBeUndefined();
    expect(firstRoute(withRoutes('{ path: /a, when: { headers: {} } }')).id).toBe('users * /v1/a');
  });

  it('keeps a condition on a name that JavaScript treats as its own', () => {
    const { when } = firstRoute(withRoutes('{ path: /a, when: { query: { __proto__: x } } }'));
    expect(Object.entries(when?.query ?? {})).toEqual([['__proto__', 'x']]);
  });

  it('takes 1.0 for a version as it is written', () => {
    expect(firstRoute(withApi('{ upstream: "http://h", version: 1.0 }')).version).toBe('1.0');
  });

  describe('tells routes for the same requests', () => {
    const clashes: Readonly<Record<string, readonly string[]>> = {
      'with the same path': ['{ path: /a }', '{ path: /a }'],
      'with other names of parameters': ['{ path: "/a/{x}/b/{y}" }', '{ path: "/a/{y}/b/{x}" }'],
      'with another spelling of the path': ['{ path: "/%61" }', '{ path: "/a" }'],
      'with another spelling of the method': ['{ path: /a, method: get }', '{ path: /a, method: GET }'],
      'with the same conditions in another order': [
        '{ path: /a, when: { headers: { A: "1", b: "2" } } }',
        '{ path: /a, when: { headers: { B: "2", a: "1" } } }',
      ],
    };
    for (const [name, routes] of Object.entries(clashes)) {
      it(name, () => {
        expect(problemsOf(withRoutes(...routes))).toEqual([
          expect.stringContaining('this route takes the same requests as `users '),
        ]);
      });
    }

    it('of two APIs that share one of their hosts', () => {
      const text = `gatehouse: 1
apis:
  a: { upstream: "http://h", hosts: [ one, two ] }
  b: { upstream: "http://h", hosts: [ Two, three ] }
`;
      expect(problemsOf(text)).toEqual([
        '4:3: this route takes the same requests as `a * /*` of line 3, give one of them another method, path, host or condition',
      ]);
    });

    const apart: Readonly<Record<string, readonly string[]>> = {
      'but not with other methods': ['{ path: /a, method: GET }', '{ path: /a, method: POST }', '{ path: /a }'],
      'but not with other conditions': [
        '{ path: /a }',
        '{ path: /a, when: { query: { v: "1" } } }',
        '{ path: /a, when: { query: { v: "2" } } }',
      ],
      'but not with a header and a query of the same name': [
        '{ path: /a, when: { query: { v: "1" } } }',
        '{ path: /a, when: { headers: { v: "1" } } }',
      ],
      'but not with a parameter beside a literal': ['{ path: /a/b }', '{ path: "/a/{b}" }', '{ path: "/a/*" }'],
      'but not with a slash at the end': ['{ path: /a }', '{ path: /a/ }'],
    };
    for (const [name, routes] of Object.entries(apart)) {
      it(name, () => expect(routesOf(withRoutes(...routes))).toHaveLength(routes.length));
    }

    it('but not on any host beside a certain one', () => {
      const text = 'gatehouse: 1\napis: { a: { upstream: "http://h", hosts: [ x ] }, b: { upstream: "http://h" } }\n';
      expect(problemsOf(text)).toEqual([]);
    });
  });

  const upstreams: Readonly<Record<string, readonly [string, RegExp]>> = {
    'finds the upstream that was meant': ['srevices', /^3:22: unknown upstream `srevices`, did you mean `services`\?$/],
    'names the upstreams there are': ['zzz', /^3:22: unknown upstream `zzz`, write `services`$/],
    'knows a URL without its scheme': ['"localhost:3000"', /write http:\/\/ in front$/],
    'knows an address without its scheme': ['"127.0.0.1:3000/x"', /write http:\/\/ in front$/],
    'refuses other schemes': ['"ftp://h"', /`upstream` does not begin with http:\/\/ or https:\/\//],
    'refuses a password': ['"http://u:p@h"', /`upstream` holds a user name or a password/],
    'refuses what is no text': ['[ a ]', /`upstream` is a list, write the name of an upstream or a URL/],
  };
  for (const [name, [upstream, expected]] of Object.entries(upstreams)) {
    it(name, () => {
      const text = `${withApi(`{ upstream: ${upstream} }`)}upstreams: { services: { targets: [ "http://h" ] } }\n`;
      expect(problemsOf(text)).toEqual([expect.stringMatching(expected)]);
    });
  }

  it('does not take an upstream with problems for an unknown one', () => {
    const text = `${withApi('{ upstream: svc }')}upstreams: { svc: { targets: [ nonsense ] } }\n`;
    expect(problemsOf(text)).toEqual([expect.stringContaining('`targets[0]` does not begin with')]);
  });

  it('keeps the name of the AI paths free only where there are some', () => {
    const text = 'gatehouse: 1\napis: { ai: { upstream: "http://h", basePath: /x } }\n';
    expect(routesOf(text)).toEqual(['* /x/*']);
    expect(problemsOf(`${text}ai: {}\n`)).toEqual(['2:9: the name `ai` belongs to the AI paths, choose another']);
  });
});
