import { describe, expect, it } from 'vitest';
import { compileText } from '../__fixtures__/compile-text.ts';
import type { Snapshot } from '../snapshot.ts';
import { mergeSnapshots, namesOf } from './merge-snapshots.ts';

function snapshotOf(text: string): Snapshot {
  const result = compileText(`gatehouse: 1\n${text}`);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.snapshot;
}

const merged = (first: string, second: string): ReturnType<typeof mergeSnapshots> =>
  mergeSnapshots(
    { owner: 'a.yaml', snapshot: snapshotOf(first) },
    { owner: 'the store', snapshot: snapshotOf(second) },
  );

const api = (name: string, basePath: string, upstream = 'http://h'): string =>
  `apis: { ${name}: { basePath: ${basePath}, upstream: "${upstream}" } }\n`;
const application = (name: string, secret: string): string =>
  `applications: { ${name}: { team: t, keys: [ { name: k, secret: ${secret} } ] } }\n`;
const ai = (provider: string, model: string): string =>
  `ai: { providers: { ${provider}: { kind: openai, apiKey: k } }, models: { ${model}: { targets: [ { provider: ${provider}, model: m } ] } } }\n`;

describe('two parts of one snapshot', () => {
  it('are served side by side', () => {
    const outcome = merged(api('a', '/a') + application('one', 'x'), api('b', '/b') + application('two', 'y'));
    if ('problems' in outcome) throw new Error(outcome.problems.join());
    const { snapshot } = outcome;
    expect(snapshot.routes.map((route) => route.api)).toEqual(['a', 'b']);
    expect(snapshot.credentials.map((credential) => credential.application)).toEqual(['one', 'two']);
    // Both write their upstream as the same URL: that is one upstream.
    expect(Object.keys(snapshot.upstreams)).toHaveLength(1);
    expect(Object.isFrozen(snapshot.routes)).toBe(true);
  });

  it('have one version that changes with either', () => {
    const versions = [
      merged(api('a', '/a'), api('b', '/b')),
      merged(api('a', '/x'), api('b', '/b')),
      merged(api('a', '/a'), api('b', '/x')),
    ].map((outcome) => ('snapshot' in outcome ? outcome.snapshot.version : ''));
    expect(new Set(versions).size).toBe(3);
  });

  it('make the first alone when the second is empty', () => {
    const outcome = merged(api('a', '/a'), '');
    expect(outcome).toEqual({ snapshot: snapshotOf(api('a', '/a')) });
  });

  it('have the paths of models once, and the models of both', () => {
    const outcome = merged(ai('p', 'small'), ai('q', 'large'));
    if ('problems' in outcome) throw new Error(outcome.problems.join());
    const { ai: both, routes } = outcome.snapshot;
    expect(Object.keys(both?.models ?? {}).toSorted()).toEqual(['large', 'small']);
    expect(Object.keys(both?.providers ?? {}).toSorted()).toEqual(['p', 'q']);
    expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length);
  });

  const clashes: Readonly<Record<string, readonly [string, string, string]>> = {
    'an api': [
      api('a', '/a'),
      api('a', '/b'),
      'the api `a` is in both a.yaml and the store, give one of them another name',
    ],
    'a route': [
      api('a', '/a'),
      api('b', '/a'),
      '`b * /a/*` takes the same requests as `a * /a/*` of a.yaml, give one of them another method, path, host or condition',
    ],
    'an application': [
      application('one', 'x'),
      application('one', 'y'),
      'the application `one` is in both a.yaml and the store, give one of them another name',
    ],
    'a key': [
      application('one', 'x'),
      application('two', 'x'),
      'the key `k` of `two` is in both a.yaml and the store, give each application its own',
    ],
    'a model': [
      ai('p', 'm'),
      ai('q', 'm'),
      'the model `m` is in both a.yaml and the store, give one of them another name',
    ],
    'an upstream that means two things': [
      'upstreams: { u: { targets: ["http://a"] } }\n',
      'upstreams: { u: { targets: ["http://b"] } }\n',
      'the upstream `u` is in both a.yaml and the store, give one of them another name',
    ],
  };
  for (const [name, [first, second, problem]] of Object.entries(clashes)) {
    it(`are refused when both have ${name}`, () => expect(merged(first, second)).toEqual({ problems: [problem] }));
  }
});

it('tells what another part may refer to', () => {
  expect(namesOf(snapshotOf(api('a', '/a')))).toEqual({ apis: ['a'], models: [], prompts: [] });
  const { apis, models } = namesOf(snapshotOf(ai('p', 'small')));
  expect([apis, models]).toEqual([['ai'], ['small']]);
});

it('lets a part refer to what is declared elsewhere, and to nothing else', () => {
  const text = `gatehouse: 1\nplans: { p: { apis: [elsewhere] } }\n`;
  expect(compileText(text, { others: { apis: ['elsewhere'] } })).toHaveProperty('snapshot');
  expect(compileText(text)).toHaveProperty('problems.0.message', expect.stringContaining('unknown api `elsewhere`'));
});
