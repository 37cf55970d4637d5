import { createHash } from 'node:crypto';
import type { PlanSpec } from '@gatehouse/config';
import { DirectoryReader, DirectoryWriter } from '@gatehouse/directory';
import { beforeEach, describe, expect, it } from 'vitest';
import { StoredCallers, type StoredApplication } from './stored-callers.ts';

const hash = (key: string): Buffer => createHash('sha256').update(key).digest();
const grants = [
  { api: 'users-1', product: 'users', version: '1' },
  { api: 'users-2', product: 'users', version: '2' },
  { api: 'orders-1', product: 'orders', version: '1' },
];
const LIMITS = [{ limit: 5, windowMs: 1000 }];
const PLANS: Readonly<Record<string, PlanSpec>> = {
  gold: { grants, limits: LIMITS, quota: undefined },
  models: {
    grants: [],
    limits: [],
    quota: undefined,
    models: { models: ['small'], tokenLimits: [{ tokens: 10, windowMs: 1000 }] },
  },
};

let writer: DirectoryWriter;
beforeEach(() => {
  writer = new DirectoryWriter();
  const credential = { sha256: hash('k').toString('hex'), application: 'a', name: 'ci', expiresMs: 9 };
  writer.apply({ kind: 'credential', ...credential });
});

function found(application: Partial<StoredApplication>, plans = PLANS) {
  const text = JSON.stringify({ name: 'mobile', subscriptions: [], ...application });
  writer.apply({ kind: 'application', id: 'a', text });
  return new StoredCallers({ reader: new DirectoryReader(writer.memory) }, plans).find(hash('k'));
}

describe('a caller who is stored', () => {
  it('is known by the key, as one of the configuration would be', () => {
    expect(found({ team: 'apps' })?.credential).toEqual({
      sha256: '',
      name: 'ci',
      owner: undefined,
      expiresMs: 9,
      application: 'mobile',
      team: 'apps',
      subscriptions: {},
      models: undefined,
      tokenLimits: [],
    });
  });

  it('may call all versions of what it is subscribed to, under the limits of the plan', () => {
    const { subscriptions } = found({ subscriptions: [{ product: 'users', plan: 'gold' }] })?.credential ?? {};
    expect(subscriptions).toEqual({
      'users-1': { id: 'mobile/users-1', plan: 'gold', limits: LIMITS, quota: undefined },
      'users-2': { id: 'mobile/users-2', plan: 'gold', limits: LIMITS, quota: undefined },
    });
  });

  it('is kept to a version', () => {
    const pinned = found({ subscriptions: [{ product: 'users', version: '2', plan: 'gold' }] });
    expect(Object.keys(pinned?.credential.subscriptions ?? {})).toEqual(['users-2']);
  });

  it.each(['silver', 'constructor', '__proto__'])('has nothing of the plan %s, which is not there', (plan) => {
    expect(found({ subscriptions: [{ product: 'users', plan }] })?.credential.subscriptions).toEqual({});
  });

  it('may call the models of its plans, and is charged to their budgets', () => {
    const { credential } = found({ subscriptions: [{ product: 'any', plan: 'models' }] }) ?? {};
    expect(credential).toMatchObject({
      models: ['small'],
      modelPlans: ['models'],
      tokenLimits: [{ tokens: 10, windowMs: 1000 }],
    });
  });

  it('holds until its key or its application changes, or the directory is another one', () => {
    const text = JSON.stringify({ name: 'mobile', subscriptions: [] });
    writer.apply({ kind: 'application', id: 'a', text });
    const place = { reader: new DirectoryReader(writer.memory) };
    const callers = new StoredCallers(place, PLANS);
    const first = callers.find(hash('k'));
    expect(first?.holds()).toBe(true);
    writer.apply({ kind: 'application', id: 'a', text: text.replace('mobile', 'other') });
    expect(first?.holds()).toBe(false);
    const second = callers.find(hash('k'));
    expect(second?.credential.application).toBe('other');
    place.reader = new DirectoryReader(writer.memory);
    expect(second?.holds()).toBe(false);
  });
});
