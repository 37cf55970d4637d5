import { startTestPostgres, type TestPostgres } from '@gatehouse/store/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSourceHouse, problemsOf, sha256, told, W, type File, type SourceHouse } from './source-house.ts';

/* What a refused statement ends in PostgreSQL is the whole transaction, so no problem may be found by one. */

let server: TestPostgres;
let house: SourceHouse;
beforeAll(async () => {
  server = await startTestPostgres();
});
beforeEach(async () => {
  house = await openSourceHouse(await server.newDatabase());
});
afterEach(async () => house.test.close());
afterAll(async () => server.stop());

const key = (text: string): object => ({ name: 'ci', sha256: sha256(text) });
const upstreams = { last: { targets: [] } };

describe('on PostgreSQL', () => {
  it('a key that is taken is one problem of several', async () => {
    await house.applied({ gatehouse: 1, applications: { one: { keys: [key('a')] } } }, { name: 'other.yaml' });
    const source = { gatehouse: 1, applications: { two: { keys: [key('a')] }, three: { team: [] } }, upstreams };
    const planned = await house.plan(source);
    expect(problemsOf(planned)).toBe(
      'applications.three.team: this is no text\n' +
        'applications.two.keys[0]: the key is that of another credential already, or was: make a new one',
    );
    expect(told(planned)).toContain('create application three');
  });

  it('a key goes from one application to another', async () => {
    await house.applied({ gatehouse: 1, applications: { one: { keys: [key('a')] }, two: { keys: [key('b')] } } });
    await house.applied({ gatehouse: 1, applications: { one: { keys: [key('b')] }, three: { keys: [key('a')] } } });
    expect((await house.test.call('GET', `${W}/credentials`)).body.items).toHaveLength(2);
  });

  const NUL = 'a\u0000b';
  const names: readonly (readonly [string, File])[] = [
    ['an upstream', { upstreams: { [NUL]: { targets: [] } } }],
    ['an api', { apis: { x: { product: NUL, basePath: '/x', upstream: 'http://h' } } }],
    ['a version', { apis: { x: { version: NUL, basePath: '/x', upstream: 'http://h' } } }],
    ['a model', { ai: { models: { [NUL]: { targets: [] } } } }],
    ['a team', { applications: { mobile: { team: NUL } } }],
    ['a plan that is named', { applications: { mobile: { subscriptions: [{ api: 'x', plan: NUL }] } } }],
    ['half a character', { upstreams: { 'a\ud800': { targets: [] } } }],
  ];
  it.each(names)('what cannot be a name is told, and nothing breaks: %s', async (_, source) => {
    const planned = await house.plan({
      gatehouse: 1,
      ...source,
      upstreams: { ...upstreams, ...Object(source['upstreams']) },
    });
    expect([planned.status, problemsOf(planned)], JSON.stringify(planned.body)).toEqual([
      200,
      expect.stringMatching(/./),
    ]);
    expect(told(planned)).toContain('create upstream last');
  });

  it('an apply is undone to the last row where its end is refused', async () => {
    house.test.gate.problems = ['store:1:1: it cannot be served'];
    const applications = { one: { keys: [key('a')] } };
    expect((await house.apply({ gatehouse: 1, applications, upstreams })).status).toBe(422);
    house.test.gate.problems = [];
    for (const plural of ['upstreams', 'applications', 'credentials', 'sources'])
      expect((await house.test.call('GET', `${W}/${plural}`)).body.items).toEqual([]);
  });
});
