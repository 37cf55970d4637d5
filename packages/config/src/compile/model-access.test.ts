import { describe, expect, it } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { compileText, problemsOf, snapshotOf } from '../__fixtures__/compile-text.ts';

const APPLICATIONS = `gatehouse: 1
applications:
  a: { keys: [ { name: k, secret: one } ] }
  b: { keys: [ { name: k, secret: two } ] }
`;

const withAccess = (access: string): string => `${APPLICATIONS}ai:
  providers: { main: { kind: openai }, local: { kind: vllm, baseUrl: "http://h" } }
  models:
    small: { targets: [ { provider: main, model: x } ] }
    large: { targets: [ { provider: main, model: y } ] }
${access}`;

function models(text: string): readonly unknown[] {
  return snapshotOf(text).credentials.map(({ application, models: names, modelsUnenforced }) => [
    application,
    names,
    modelsUnenforced,
  ]);
}

describe('modelAccess', () => {
  it('gives nobody models where there is no AI gateway', () => {
    expect(models(APPLICATIONS)).toEqual([
      ['a', undefined, undefined],
      ['b', undefined, undefined],
    ]);
  });

  it('gives everybody all models where there are no rules', () => {
    expect(models(withAccess(''))).toEqual([
      ['a', ['*'], undefined],
      ['b', ['*'], undefined],
    ]);
  });

  it('gives nobody models where the list of rules is empty', () => {
    expect(models(withAccess('  access: []\n'))).toEqual([
      ['a', undefined, undefined],
      ['b', undefined, undefined],
    ]);
  });

  it('joins all rules of an application, and gives others nothing', () => {
    const access =
      '  access: [ { application: a, models: [ small ] }, { application: a, models: [ large, small ] } ]\n';
    expect(models(withAccess(access))).toEqual([
      ['a', ['small', 'large'], undefined],
      ['b', undefined, undefined],
    ]);
  });

  it('knows a rule that allows nothing from no rule', () => {
    expect(models(withAccess('  access: [ { application: a, models: [] } ]\n'))[0]).toEqual(['a', [], undefined]);
  });

  it('takes all models, and models of a provider or of its kind by their own names', () => {
    const access =
      '  access: [ { application: a, models: [ "*", "main/gpt-5", "openai/gpt-5", "vllm/a/b", "openai-compatible/x" ] } ]\n';
    expect(problemsOf(withAccess(access))).toEqual([]);
  });

  it('closes an application whose budget cannot be kept, and warns', () => {
    const access = `  access:
    - { application: a, models: [ small ], budget: { usd: 5, per: month } }
    - { application: a, models: [ large ], limits: [ { tokens: 1000, window: 1m } ] }
    - { application: b, models: [ small ], limits: [] }
`;
    const text = withAccess(access);
    expect(models(text)).toEqual([
      ['a', ['small', 'large'], 'ai.access has budget and limits, which this version cannot enforce'],
      ['b', ['small'], undefined],
    ]);
    const result = compileText(text);
    expect(
      'snapshot' in result && result.warnings.map(({ line, column, path }) => `${line}:${column} ${path}`),
    ).toEqual(['11:44 ai.access[0].budget', '12:44 ai.access[1].limits']);
  });

  it('lets an application with a soft budget through, and warns that nobody is told of its end', () => {
    const text = withAccess(
      '  access: [ { application: a, models: [ small ], budget: { usd: 5, per: month, mode: soft } } ]\n',
    );
    expect(models(text)[0]).toEqual(['a', ['small'], undefined]);
    const result = compileText(text);
    expect('snapshot' in result && result.warnings.map(formatProblem)).toEqual([
      'gatehouse.yaml:10:50: `budget` is not watched by this version, nobody is told of its end',
    ]);
  });

  const refused: Readonly<Record<string, readonly [string, RegExp]>> = {
    'an unknown application': ['{ application: c, models: [] }', /unknown application `c`, write one of `a`, `b`/],
    'an unknown model': ['{ application: a, models: [ smal ] }', /unknown model `smal`, did you mean `small`\?/],
    'a model of an unknown provider': ['{ application: a, models: [ "other/x" ] }', /unknown model `other\/x`/],
    'a model of a kind that no provider has': [
      '{ application: a, models: [ "anthropic/x" ] }',
      /unknown model `anthropic\/x`/,
    ],
    'a provider without a model': ['{ application: a, models: [ "main/" ] }', /unknown model `main\/`/],
    'a model that is there twice': ['{ application: a, models: [ small, small ] }', /`models` holds the same twice/],
    'a budget of nothing': [
      '{ application: a, models: [], budget: { usd: 0, per: day } }',
      /`usd` is not possible, write a number above 0/,
    ],
    'a budget for an unknown period': [
      '{ application: a, models: [], budget: { usd: 1, per: minute } }',
      /`minute` is no value of `per`/,
    ],
    'a limit without tokens': [
      '{ application: a, models: [], limits: [ { window: 1m } ] }',
      /`tokens` is missing in `limits\[0\]`/,
    ],
  };
  for (const [name, [rule, expected]] of Object.entries(refused)) {
    it(`refuses ${name}`, () => {
      expect(problemsOf(withAccess(`  access: [ ${rule} ]\n`))).toEqual([expect.stringMatching(expected)]);
    });
  }
});
