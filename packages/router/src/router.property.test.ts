import fc from 'fast-check';
import findMyWay from 'find-my-way';
import { describe, expect, it } from 'vitest';
import { bestOf } from './__fixtures__/brute-force.ts';
import { type Given, routerOf, told } from './__fixtures__/ask.ts';
import type { MatchInput } from './route-result.ts';

const literals = fc.constantFrom('a', 'b');
/** Few patterns, so that many routes meet on one path. Parameters are numbered, so that no name comes twice. */
const pattern = fc
  .tuple(fc.array(fc.oneof(literals, fc.constant('{}')), { maxLength: 3 }), fc.constantFrom('', '*', '*', 'ab', '{}'))
  .map(([segments, last]) => `/${[...segments, last].map((text, n) => text.replace('{}', `{p${n}}`)).join('/')}`);
const requestPath = fc
  .array(fc.constantFrom('a', 'b', 'ab', ''), { minLength: 1, maxLength: 5 })
  .map((segments) => `/${segments.join('/')}`);

const condition = fc.record({
  headers: fc.dictionary(fc.constantFrom('h1', 'h2'), fc.constantFrom('1', '*')),
  query: fc.dictionary(fc.constantFrom('q1'), fc.constantFrom('1', '*')),
});
const given: fc.Arbitrary<Given> = fc.record({
  path: pattern,
  method: fc.constantFrom('GET', 'HEAD', 'POST', '*'),
  hosts: fc.subarray(['a.test', 'x.a.test', '*.a.test', '*.x.a.test'], { maxLength: 2 }),
  when: fc.option(condition, { nil: undefined }),
});
const input: fc.Arbitrary<MatchInput> = fc
  .record({
    path: requestPath,
    method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT'),
    host: fc.constantFrom('', 'a.test', 'x.a.test', 'y.x.a.test', 'b.test'),
    query: fc.constantFrom('', '?q1=1', '?q1=2'),
    headers: fc.dictionary(fc.constantFrom('h1', 'h2'), fc.constantFrom('1', '2')),
  })
  .map(({ headers, ...rest }) => ({ ...rest, header: (name: string) => headers[name] }));

describe('the router', () => {
  it('finds what ranking every route by the rules finds', () => {
    const property = fc.property(
      fc.array(given, { maxLength: 60, size: 'max' }),
      fc.array(input, { minLength: 20, maxLength: 20 }),
      (list, inputs) => {
        const routes = list.map((each, index) => ({ ...each, id: `${index}` }));
        const router = routerOf(routes);
        for (const each of inputs) expect(told(router.match(each))).toEqual(told(bestOf(routes, each)));
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  it('never throws, whatever is asked', () => {
    const anything = fc.string({ unit: 'binary', maxLength: 60 });
    const slashed = fc.array(fc.oneof(anything, fc.constantFrom('', 'a', '..', '%', '{x}', '*')), { maxLength: 80 });
    const router = routerOf([
      { path: '/a/{x}/b/*' },
      { path: '/{x}', hosts: ['*.a.test'] },
      { path: '/*', when: { headers: {}, query: { q: '1' } } },
    ]);
    const property = fc.property(slashed, anything, anything, (segments, host, query) => {
      const path = segments.join('/');
      expect(['match', 'none']).toContain(
        router.match({ path, host, query: `?${query}`, method: 'GET', header: () => undefined }).kind,
      );
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

type Found = { readonly id: string; readonly params: Readonly<Record<string, string | undefined>> } | undefined;

/** find-my-way with what it has not: a rest that may be none, as a second path, unless a route has that path itself. */
function oracleOf(routes: readonly Given[]): (method: 'GET' | 'POST', path: string) => Found {
  const router = findMyWay();
  const known = new Map<unknown, string>();
  const add = (path: string, id: string): void => {
    const method = id.startsWith('GET') ? 'GET' : 'POST';
    const theirs = path.replaceAll(/\{(\w+)\}/gu, ':$1');
    if (router.hasRoute(method, theirs)) return;
    const handler = (): void => {};
    known.set(handler, id);
    router.on(method, theirs, handler);
  };
  for (const { path, method = '' } of routes) add(path, `${method} ${path}`);
  for (const { path, method = '' } of routes) {
    if (path.endsWith('/*')) add(path.slice(0, -2) || '/', `${method} ${path}`);
  }
  return (method, path) => {
    const found = router.find(method, path);
    const id = known.get(found?.handler);
    return found === null || id === undefined ? undefined : { id, params: found.params };
  };
}

describe('find-my-way', () => {
  const methods = fc.constantFrom('GET' as const, 'POST' as const);
  /** Where both mean the same: a parameter name is told by its place, segments are not empty. */
  const segment = fc.oneof(literals, fc.constant('{}'));
  const ours = fc
    .tuple(fc.array(segment, { maxLength: 4 }), fc.oneof(segment, fc.constant('*')))
    .map(([segments, last]) => `/${[...segments, last].map((text, n) => text.replace('{}', `{p${n}}`)).join('/')}`);
  const asked = fc
    .array(fc.constantFrom('a', 'b', 'ab', 'x', 'a-b'), { minLength: 1, maxLength: 6 })
    .map((segments) => `/${segments.join('/')}`);

  it('finds the same route with the same parameters', () => {
    const list = fc.uniqueArray(fc.record({ path: ours, method: methods }), {
      maxLength: 20,
      selector: ({ path, method }) => `${method} ${path}`,
    });
    const requests = fc.array(fc.tuple(methods, asked), { minLength: 10 });
    const property = fc.property(list, requests, (routes, each) => {
      const router = routerOf(routes);
      const oracle = oracleOf(routes);
      for (const [method, path] of each) {
        const result = router.match({ host: '', method, path, query: '', header: () => undefined });
        const theirs = oracle(method, path);
        expect(result.kind === 'match' ? result.match.route.id : undefined).toBe(theirs?.id);
        if (result.kind !== 'match' || theirs === undefined) continue;
        const { '*': rest = '', ...params } = result.match.params;
        const { '*': theirRest = '', ...theirParams } = theirs.params;
        expect({ rest, ...params }).toEqual({ rest: theirRest, ...theirParams });
      }
    });
    fc.assert(property, { numRuns: 300 });
  });
});
