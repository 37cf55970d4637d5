import { DIMENSIONS, METRICS } from '@gatehouse/analytics';
import { evaluateAlerts } from '@gatehouse/services';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openAlertHouse, W } from './alert-house.ts';

/** Of rules that name what is not there, or has no limit. */
const KNOWN_PROBLEMS =
  /^there is no (?:api|plan|budget) |^the api users has no version 2$|^the (?:plan|budget) \w+ has no /;

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const metric = fc.constantFrom(...METRICS);
const windowSeconds = fc.integer({ min: 60, max: 604_800 });
const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, 1e308, 5e-324));
const name = fc.constantFrom('users', 'gold', 'models', 'nothing', '__proto__', 'a\u0000b');
const leastCalls = maybe(fc.nat());
const base = { metric, windowSeconds, leastCalls };
const CONDITIONS: Readonly<Record<string, fc.Arbitrary<object>>> = {
  threshold: fc.oneof(fc.record({ ...base, above: number }), fc.record({ ...base, below: number })),
  absence: fc.record({ windowSeconds, knownSeconds: maybe(windowSeconds) }),
  change: fc.record({
    ...base,
    against: fc.constantFrom('before', 'day', 'week'),
    percent: fc.double({ min: 1e-9, max: 1e6, noNaN: true }),
    direction: maybe(fc.constantFrom('rise', 'fall', 'either')),
  }),
  forecast: fc.oneof(fc.record({ quota: name }), fc.record({ budget: name })),
  expiry: fc.record({
    of: fc.uniqueArray(fc.constantFrom('certificate', 'credential', 'subscription', 'version', 'waiver'), {
      minLength: 1,
    }),
    days: fc.integer({ min: 1, max: 365 }),
  }),
};
const dimension = fc.constantFrom(...DIMENSIONS);
const where = fc.record({
  dimension,
  values: fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { minLength: 1, maxLength: 3 }),
  not: maybe(fc.boolean()),
});
const rule = fc.constantFrom(...Object.keys(CONDITIONS)).chain((kind) =>
  fc.record({
    condition: (CONDITIONS[kind] ?? fc.constant({})).map((condition) => ({ [kind]: condition })),
    by:
      kind === 'forecast' || kind === 'expiry'
        ? fc.constant(undefined)
        : maybe(fc.uniqueArray(dimension, { maxLength: 3 })),
    where: maybe(fc.array(where, { maxLength: 2 })),
    api: maybe(name),
    plan: maybe(name),
    application: maybe(name),
    text: maybe(fc.string({ unit: 'binary', maxLength: 50 })),
    evaluations: maybe(fc.integer({ min: 1, max: 3 })),
  }),
);

it('whatever rule the admin API takes can be looked at, kept and told', async () => {
  const house = await openAlertHouse();
  const { test } = house;
  await house.make('contacts', { name: 'chat', slackUrl: `${house.hooks.url}/chat` });
  const api = await house.make('apis', { name: 'users' });
  await house.make('versions', { name: '1', api: api.id, spec: { upstream: 'http://h' } });
  await house.make('plans', { name: 'gold', apis: [], spec: { quota: { calls: 10, per: 'month' } } });
  await house.make('budgets', { name: 'models', spec: { of: 'all', usd: 1, per: 'total' } });
  const like = { api: 'users-1', plan: 'gold', application: '__proto__', aiCostMicroUsd: 100_000 };
  house.calls.addMany(50, { fromMs: house.nowMs() - 3_600_000, toMs: house.nowMs() }, like);
  const ids: string[] = [];
  await fc.assert(
    fc.asyncProperty(rule, async (fields) => {
      const body = { name: `x${ids.length}`, contacts: ['chat'], ...fields };
      const reply = await test.call('POST', `${W}/alerts`, { body });
      expect([reply.status, reply.body.detail]).toEqual([201, undefined]);
      ids.push(reply.body.id);
    }),
    { numRuns: 400 },
  );
  test.clock.nowMs += 60_000;
  expect((await evaluateAlerts(test.house)).looks).toBe(ids.length);
  let found = 0;
  for (const id of ids) {
    const { problem, keys } = await house.get(`/alerts/${id}/status`);
    if (problem !== undefined) expect(problem).toMatch(KNOWN_PROBLEMS);
    found += keys.length;
  }
  expect(found).toBeGreaterThan(20);
  await house.pass(3);
  expect(house.received.length).toBeGreaterThan(10);
  expect((await house.get('/failures')).items).toEqual([]);
});
