import { describe, expect, it } from 'vitest';
import { POLICIES, problemsOf, snapshotOf } from '../__fixtures__/compile-text.ts';

const api = (policies: string, routes: string): string =>
  `gatehouse: 1\napis:\n  users: { upstream: "http://h", policies: [ ${policies} ], routes: [ ${routes} ] }\n`;

const LIMIT = 'rate-limit: { limit: 3, window: 1m }';
const STAMP = 'stamp: { text: xx }';

/** Scopes of each route, in the order of the file. */
const scopes = (text: string): string[][] =>
  snapshotOf(text).routes.map(({ policies }) => policies.map(({ scope }) => scope));

describe('the scope of a policy', () => {
  it('is the API for all routes where the API has it', () => {
    expect(scopes(api(LIMIT, '{ path: /a }, { method: GET, path: /b }'))).toEqual([
      ['users#rate-limit.0'],
      ['users#rate-limit.0'],
    ]);
  });

  it('is the route where the route has it', () => {
    const route = (path: string): string => `{ method: GET, path: ${path}, policies: [ { ${LIMIT} } ] }`;
    expect(scopes(api('', `${route('/a')}, ${route('/b')}`))).toEqual([
      ['users GET /a#rate-limit.0'],
      ['users GET /b#rate-limit.0'],
    ]);
  });

  it('tells policies of one name in one list apart', () => {
    expect(scopes(api(`{ ${LIMIT} }, { ${STAMP} }, { ${LIMIT} }`, '{ path: /a }'))).toEqual([
      ['users#rate-limit.0', 'users#stamp.0', 'users#rate-limit.1'],
    ]);
  });

  it('stays when another policy is written in front, or one of the API above a route', () => {
    const route = (policies: string): string => `{ path: /a, policies: [ ${policies} ] }`;
    const [plain] = scopes(api('', route(`{ ${LIMIT} }`)));
    const [more] = scopes(api(LIMIT, route(`{ ${STAMP} }, { ${LIMIT} }`)));
    expect(more).toEqual(['users#rate-limit.0', 'users * /a#stamp.0', ...(plain ?? [])]);
  });

  it('stays when the policy itself is changed, so that a changed limit forgets nothing', () => {
    const changed = 'rate-limit: { limit: 5, window: 1m }';
    expect(scopes(api(LIMIT, '{ path: /a }'))).toEqual(scopes(api(changed, '{ path: /a }')));
  });

  it('differs between APIs that share a list by an anchor', () => {
    const text = `gatehouse: 1
apis:
  a: { upstream: "http://h", policies: &both [ { ${LIMIT} } ] }
  b: { upstream: "http://h", basePath: /b, policies: *both }
`;
    expect(scopes(text)).toEqual([['a#rate-limit.0'], ['b#rate-limit.0']]);
  });

  it('differs between routes of one path with other conditions', () => {
    const when = (v: string): string => `{ path: /a, when: { query: { v: "${v}" } }, policies: [ { ${LIMIT} } ] }`;
    expect(new Set(scopes(api('', `${when('1')}, ${when('2')}, { path: /a }`)).flat()).size).toBe(2);
  });

  it('is one for all AI paths', () => {
    const all = scopes(`gatehouse: 1\nai: { policies: [ { ${LIMIT} } ] }\n`);
    expect(all.length).toBeGreaterThan(1);
    expect(new Set(all.flat())).toEqual(new Set(['ai#rate-limit.0']));
  });
});

describe('the config of a policy', () => {
  const [rate, ...others] = POLICIES;
  const text = api(LIMIT, '{ path: /a }');
  const withParse = (parse: (config: unknown) => unknown) =>
    rate === undefined ? others : [{ ...rate, parse }, ...others];

  it('is what the policy itself makes of it, so that no worker has to finish it', () => {
    const policies = withParse((config) => ({ finished: config }));
    expect(snapshotOf(text, { policies }).routes[0]?.policies[0]?.config).toEqual({
      finished: { limit: 3, window: '1m', by: 'application', cost: 1 },
    });
  });

  it('is a problem with its place, and tells no value, where the policy refuses what was read', () => {
    const policies = withParse(() => {
      throw new Error('rate-limit/window is 1m');
    });
    expect(problemsOf(text, { policies })).toEqual(['3:46: `rate-limit` is not valid here, see the reference']);
  });
});
