import { describe, expect, it } from 'vitest';
import { problemsOf, snapshotOf } from '../__fixtures__/compile-text.ts';

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
  return snapshotOf(text).credentials.map(({ application, models: names, tokenLimits }) => [
    application,
    names,
    tokenLimits,
  ]);
}

describe('modelAccess', () => {
  it('gives nobody models where there is no AI gateway', () => {
    expect(models(APPLICATIONS)).toEqual([
      ['a', undefined, []],
      ['b', undefined, []],
    ]);
  });

  it('gives everybody all models where there are no rules', () => {
    expect(models(withAccess(''))).toEqual([
      ['a', ['*'], []],
      ['b', ['*'], []],
    ]);
  });

  it('gives those under a plan the models of the plan, and charges its budget', () => {
    const text = `gatehouse: 1
apis: { users: { upstream: "http://h" } }
plans:
  gold: { apis: [users], ai: { models: [small], limits: [ { tokens: 5, window: 1m } ], budget: { usd: 1, per: day } } }
applications:
  a: { keys: [ { name: k, secret: one } ], subscriptions: [ { api: users, plan: gold } ] }
  b: { keys: [ { name: k, secret: two } ], subscriptions: [ { api: users } ] }
ai:
  providers: { main: { kind: openai } }
  models: { small: { targets: [ { provider: main, model: x } ] } }
  access: []
`;
    const { credentials, ai, plans } = snapshotOf(text);
    const tokenLimits = [{ tokens: 5, windowMs: 60_000 }];
    expect(credentials.map(({ models: names, modelPlans, ...rest }) => [names, modelPlans, rest.tokenLimits])).toEqual([
      [['small'], ['gold'], tokenLimits],
      [undefined, undefined, []],
    ]);
    expect(ai?.budgets).toEqual([
      { of: 'application', name: undefined, plan: 'gold', limitMicroUsd: 1_000_000, per: 'day', hard: true },
    ]);
    expect(plans?.['gold']?.models).toEqual({ models: ['small'], tokenLimits });
    expect(problemsOf(text.replace('models: [small]', 'models: [smal]'))).toEqual([
      expect.stringContaining('unknown model `smal`, did you mean `small`?'),
    ]);
  });

  it('gives nobody models where the list of rules is empty', () => {
    expect(models(withAccess('  access: []\n'))).toEqual([
      ['a', undefined, []],
      ['b', undefined, []],
    ]);
  });

  it('joins all rules of an application, and gives others nothing', () => {
    const access =
      '  access: [ { application: a, models: [ small ] }, { application: a, models: [ large, small ] } ]\n';
    expect(models(withAccess(access))).toEqual([
      ['a', ['small', 'large'], []],
      ['b', undefined, []],
    ]);
  });

  it('knows a rule that allows nothing from no rule', () => {
    expect(models(withAccess('  access: [ { application: a, models: [] } ]\n'))[0]).toEqual(['a', [], []]);
  });

  it('takes all models, and models of a provider or of its kind by their own names', () => {
    const access =
      '  access: [ { application: a, models: [ "*", "main/gpt-5", "openai/gpt-5", "vllm/a/b", "openai-compatible/x" ] } ]\n';
    expect(problemsOf(withAccess(access))).toEqual([]);
  });

  it('takes budgets and limits of an application', () => {
    const text = withAccess(`  access:
    - { application: a, models: [ small ], budget: { usd: 5, per: month } }
    - { application: a, models: [ large ], limits: [ { tokens: 1000, window: 1m } ] }
    - { application: b, models: [ small ], limits: [] }
`);
    expect(models(text)).toEqual([
      ['a', ['small', 'large'], [{ tokens: 1000, windowMs: 60_000 }]],
      ['b', ['small'], []],
    ]);
    expect(snapshotOf(text).ai?.budgets).toEqual([
      { of: 'application', name: 'a', limitMicroUsd: 5_000_000, per: 'month', hard: true },
    ]);
    expect(problemsOf(text)).toEqual([]);
  });

  it('takes budgets of others, for one of them or for each', () => {
    const text = withAccess(`  budgets:
    - { of: team, name: apps, usd: 0.5, per: day }
    - { of: model, name: small, usd: 100, per: total, mode: warning }
    - { of: credential, usd: 1, per: hour }
`);
    expect(snapshotOf(text).ai?.budgets).toEqual([
      { of: 'team', name: 'apps', limitMicroUsd: 500_000, per: 'day', hard: true },
      { of: 'model', name: 'small', limitMicroUsd: 100_000_000, per: 'total', hard: false },
      { of: 'credential', name: undefined, limitMicroUsd: 1_000_000, per: 'hour', hard: true },
    ]);
  });

  it('refuses a budget of a model that is not there', () => {
    const text = withAccess('  budgets: [ { of: model, name: smal, usd: 1, per: day } ]\n');
    expect(problemsOf(text)).toEqual([expect.stringMatching(/unknown model `smal`, did you mean `small`\?/)]);
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
