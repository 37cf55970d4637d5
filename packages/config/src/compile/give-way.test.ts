import { describe, expect, it } from 'vitest';
import { snapshotOf } from '../__fixtures__/compile-text.ts';
import { givenWay, mergeSnapshots } from './merge-snapshots.ts';

const EXAMPLE = `
gatehouse: 1
upstreams: { users: { targets: [ { url: "http://10.0.0.1" } ] } }
apis:
  users: { basePath: /v1, upstream: users, routes: [ { method: GET, path: /users }, { method: GET, path: "/users/{id}" } ] }
  other: { basePath: /other, upstream: "http://10.0.0.9" }
plans: { demo: { apis: [users] } }
applications: { demo: { keys: [ { name: demo, secret: a-secret-for-the-demo } ], subscriptions: [ { api: users, plan: demo } ] } }
ai: { providers: { demo: { kind: demo } }, models: { demo: { targets: [ { provider: demo, model: demo } ] } } }
`;
/** Which apis and models are served of an example beside what is somebody's own, and whether both can be. */
function left(own: string): unknown {
  const store = snapshotOf(`gatehouse: 1\n${own}`);
  const example = givenWay(snapshotOf(EXAMPLE), store);
  const merged = mergeSnapshots({ owner: 'example', snapshot: example }, { owner: 'store', snapshot: store });
  const apis = new Set(example.routes.map(({ api }) => api));
  return {
    apis: [...apis].filter((api) => api !== 'ai'),
    models: Object.keys(example.ai?.models ?? {}),
    problems: 'problems' in merged ? merged.problems : [],
  };
}

describe('an example gives way', () => {
  const all = { apis: ['users', 'other'], models: ['demo'], problems: [] };
  it.each([
    ['to nothing', 'apis: { more: { basePath: /more, upstream: "http://h" } }', all],
    [
      'to an api of the same name',
      'apis: { users: { basePath: /elsewhere, upstream: "http://h" } }',
      { ...all, apis: ['other'] },
    ],
    [
      'to a version of the same product',
      'apis: { users-2: { product: users, basePath: /v2, upstream: "http://h" } }\nplans: { p: { apis: [users-2] } }',
      { ...all, apis: ['other'] },
    ],
    [
      'to a route in the same place',
      'apis: { mine: { basePath: /v1, upstream: "http://h", routes: [ { method: GET, path: "/users/{name}" } ] } }',
      { ...all, apis: ['other'] },
    ],
    [
      'to an upstream of the same name',
      'upstreams: { users: { targets: [ { url: "http://mine" } ] } }\napis: { mine: { basePath: /mine, upstream: users } }',
      { ...all, apis: ['other'] },
    ],
    [
      'to a plan and an application of the same name',
      'plans: { demo: { apis: [], limits: [ { limit: 1, window: 1m } ] } }\napplications: { demo: { keys: [ { name: x, secret: another-secret-of-mine } ] } }',
      all,
    ],
    [
      'to a model of the same name',
      'ai: { providers: { demo: { kind: openai, apiKey: some-key-of-openai } }, models: { demo: { targets: [ { provider: demo, model: gpt } ] } } }',
      { ...all, models: [] },
    ],
    [
      'to a model under another name',
      'ai: { providers: { mine: { kind: demo } }, models: { fast: { targets: [ { provider: mine, model: x } ] } } }',
      all,
    ],
  ])('%s', (_, own, expected) => {
    expect(left(own)).toEqual(expected);
  });
});
