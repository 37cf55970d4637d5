import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { POLICIES, problemsOf, routesOf, snapshotOf } from '../__fixtures__/compile-text.ts';
import type { PolicyForm } from '../schema/policy-list.ts';

/** Answers at one path below that of its API. */
const door: PolicyForm = {
  name: 'door',
  summary: 'Answers.',
  schema: Type.Object({ at: Type.String() }, { additionalProperties: false }),
  parse: (config) => config,
  compile: (config, { basePath }) => ({ at: basePath + atOf(config) }),
  paths: (config) => [atOf(config)],
};

function atOf(config: unknown): string {
  return typeof config === 'object' && config !== null && 'at' in config ? String(config.at) : '';
}

const options = { policies: [...POLICIES, door] };
const config = (api: string): string =>
  `gatehouse: 1\napis: { users: { upstream: "http://h", basePath: /v1, ${api} } }\n`;

describe('paths at which policies answer', () => {
  it('are open routes below that of the API, with all of its policies', () => {
    const text = config(
      'policies: [ { door: { at: /in } }, { stamp: { text: ab } } ], routes: [ { method: GET, path: /a }, { method: GET, path: /b } ]',
    );
    expect(routesOf(text, options)).toEqual(['GET /v1/a', 'GET /v1/b', '* /v1/in']);
    expect(snapshotOf(text, options).routes.at(-1)).toMatchObject({
      access: 'open',
      strip: '/v1',
      policies: [{ name: 'door', config: { at: '/v1/in' } }, { name: 'stamp' }],
    });
  });

  it('are there for a policy of one route, without conditions of that route', () => {
    const text = config(
      'routes: [ { method: GET, path: /a, when: { headers: { x-a: "1" } }, policies: [ { door: { at: /in } } ] }, { method: GET, path: /b } ]',
    );
    expect(routesOf(text, options)).toEqual(['GET /v1/a', 'GET /v1/b', '* /v1/in']);
    expect(snapshotOf(text, options).routes.at(-1)?.when).toBeUndefined();
  });

  it('leave a route that is written for them alone', () => {
    const text = config('policies: [ { door: { at: /in } } ], routes: [ { method: "*", path: /in } ]');
    expect(routesOf(text, options)).toEqual(['* /v1/in']);
  });

  it('belong to one policy', () => {
    const route = (path: string, text: string) =>
      `{ method: GET, path: ${path}, policies: [ { door: { at: /in } }, { stamp: { text: ${text} } } ] }`;
    expect(problemsOf(config(`routes: [ ${route('/a', 'ab')}, ${route('/b', 'cd')} ]`), options)).toEqual([]);
    const two: PolicyForm = { ...door, compile: (written) => ({ at: atOf(written).slice(0, 3), own: atOf(written) }) };
    const other =
      'routes: [ { method: GET, path: /a, policies: [ { door: { at: /in1 } } ] }, { method: GET, path: /b, policies: [ { door: { at: /in2 } } ] } ]';
    expect(problemsOf(config(other), { policies: [...POLICIES, two] })).toEqual([
      expect.stringContaining('two policies answer at `/in`, give one of them another path'),
    ]);
  });
});
