import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLifecycleHouse, W, type LifecycleHouse } from './lifecycle-house.ts';

let house: LifecycleHouse;
beforeEach(async () => {
  house = await openLifecycleHouse();
});
afterEach(async () => house.test.close());

const FORM = {
  purpose: { title: 'What is it for?', required: true },
  calls: { title: 'Calls a day', kind: 'number' },
  personal: { title: 'Do you keep personal data?', kind: 'yes-no', required: true },
  region: { title: 'Where?', kind: 'choice', options: ['eu', 'us'] },
};

describe('the form of a plan', () => {
  it.each([
    ['all that is asked', { purpose: 'a map', calls: 5, personal: false, region: 'eu' }, '201 active'],
    ['all that is needed', { purpose: 'a map', personal: true }, '201 active'],
    ['nothing', undefined, '422 /answers/purpose is missing (What is it for?)'],
    ['an empty answer', { purpose: '', personal: true }, '422 /answers/purpose is missing (What is it for?)'],
    [
      'a text for a number',
      { purpose: 'a', personal: true, calls: '5' },
      '422 /answers/calls is a number (Calls a day)',
    ],
    [
      'a choice that there is not',
      { purpose: 'a', personal: true, region: 'mars' },
      '422 /answers/region is one of: eu, us (Where?)',
    ],
    [
      'a text for yes or no',
      { purpose: 'a', personal: 'no' },
      '422 /answers/personal is true or false (Do you keep personal data?)',
    ],
    [
      'a text without end',
      { purpose: 'a'.repeat(10_001), personal: true },
      '422 /answers/purpose is a text of up to 10000 characters (What is it for?)',
    ],
    [
      'what nobody asks',
      { purpose: 'a', personal: true, x: 1 },
      '422 /answers/x is not asked: purpose, calls, personal, region',
    ],
  ])('is answered with %s', async (_, answers, outcome) => {
    await house.plan('asking', { form: FORM, spec: {} });
    const { id: application } = await house.post(`${W}/applications`, { name: 'shop' });
    const body = { application, api: 'users', plan: 'asking', ...(answers !== undefined && { answers }) };
    const reply = await house.test.call('POST', `${W}/subscriptions`, { body });
    expect(`${reply.status} ${reply.body.detail ?? reply.body.state}`).toBe(outcome);
  });

  it.each([
    [{ a: { title: 'A', kind: 'choice' } }, '/form/a is a choice and has no options'],
    [{ a: { title: 'A', options: ['x'] } }, '/form/a has options and is no choice'],
    [{ a: {} }, 'title'],
    [{ '1a': { title: 'A' } }, '/form'],
  ])('is refused where it means nothing: %j', async (form, why) => {
    expect(await house.refused(`${W}/plans`, { name: 'p', apis: [], spec: {}, form })).toContain(why);
  });
});
