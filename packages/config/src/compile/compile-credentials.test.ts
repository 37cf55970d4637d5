import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ENV, problemsOf, snapshotOf } from '../__fixtures__/compile-text.ts';

const HEAD = `gatehouse: 1
apis:
  users: { upstream: "http://h", basePath: /users }
  orders: { upstream: "http://h", basePath: /orders }
plans:
  free: { apis: [ users ], limits: [ { limit: 10, window: 1m }, { limit: 100, window: 1h } ] }
  gold: { apis: [ users, orders ], quota: { calls: 1000, per: day } }
applications:
`;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('compileCredentials', () => {
  it('keeps the hash of a key and who it belongs to', () => {
    expect(
      snapshotOf(`${HEAD}  app: { team: web, keys: [ { name: ci, secret: "\${MOBILE_KEY}" } ] }\n`).credentials,
    ).toEqual([
      {
        sha256: sha256(ENV['MOBILE_KEY'] ?? ''),
        name: 'ci',
        application: 'app',
        team: 'web',
        subscriptions: {},
        models: undefined,
        tokenLimits: [],
      },
    ]);
  });

  it('takes a hash instead of a key, in any case', () => {
    const digest = sha256('key').toUpperCase();
    expect(snapshotOf(`${HEAD}  app: { keys: [ { name: ci, sha256: "${digest}" } ] }\n`).credentials).toMatchObject([
      { sha256: sha256('key') },
    ]);
  });

  it('keeps whom a key was given to, and until when it is valid', () => {
    const text = `${HEAD}  app: { keys: [ { name: old, secret: one, owner: Zoë <zoe@example.com>, expires: 2027-01-31 }, { name: new, secret: two } ] }\n`;
    expect(snapshotOf(text).credentials).toMatchObject([
      { name: 'old', owner: 'Zoë <zoe@example.com>', expiresMs: Date.UTC(2027, 0, 31) },
      { name: 'new', owner: undefined, expiresMs: undefined },
    ]);
  });

  it('takes digits for a key as they are written', () => {
    expect(snapshotOf(`${HEAD}  app: { keys: [ { name: ci, secret: 007 } ] }\n`).credentials).toMatchObject([
      { sha256: sha256('007') },
    ]);
  });

  it('gives every key of an application the same subscriptions', () => {
    const text = `${HEAD}  app: { keys: [ { name: a, secret: one }, { name: b, secret: two } ], subscriptions: [ { api: users } ] }\n`;
    const [first, second] = snapshotOf(text).credentials;
    expect(first?.subscriptions).toEqual(second?.subscriptions);
  });

  it('resolves plans into limits and quotas', () => {
    const text = `${HEAD}  app: { keys: [ { name: a, secret: one } ], subscriptions: [ { api: users, plan: free }, { api: orders, plan: gold } ] }\n`;
    expect(snapshotOf(text).credentials[0]?.subscriptions).toEqual({
      users: {
        id: 'app/users',
        plan: 'free',
        limits: [
          { limit: 10, windowMs: 60_000 },
          { limit: 100, windowMs: 3_600_000 },
        ],
        quota: undefined,
      },
      orders: { id: 'app/orders', plan: 'gold', limits: [], quota: { calls: 1000, per: 'day' } },
    });
  });

  it('lets an application subscribe without a plan', () => {
    const text = `${HEAD}  app: { keys: [ { name: a, secret: one } ], subscriptions: [ { api: users } ] }\n`;
    expect(snapshotOf(text).credentials[0]?.subscriptions).toEqual({
      users: { id: 'app/users', plan: undefined, limits: [], quota: undefined },
    });
  });

  it('has no credential for an application without keys', () => {
    expect(snapshotOf(`${HEAD}  app:\n  other: { subscriptions: [ { api: users } ] }\n`).credentials).toEqual([]);
  });

  const refused: Readonly<Record<string, readonly [string, readonly string[]]>> = {
    'the same secret in two applications': [
      '  a: { keys: [ { name: x, secret: same } ] }\n  b: { keys: [ { name: x, secret: same } ] }\n',
      ['10:16: this key is the same as that of line 9, give each its own secret'],
    ],
    'the same secret as a hash': [
      `  a: { keys: [ { name: x, secret: same } ] }\n  b: { keys: [ { name: x, sha256: "${sha256('same')}" } ] }\n`,
      ['10:16: this key is the same as that of line 9, give each its own secret'],
    ],
    'the same name for two keys': [
      '  a: { keys: [ { name: x, secret: one }, { name: x, secret: two } ] }\n',
      ['9:50: another key has the name `x`, give each its own'],
    ],
    'a key without secret': [
      '  a: { keys: [ { name: x } ] }\n',
      ['9:16: this key has neither `secret` nor `sha256`, write one of them'],
    ],
    'a key with secret and hash': [
      `  a: { keys: [ { name: x, secret: s, sha256: "${sha256('s')}" } ] }\n`,
      ['9:16: this key has both `secret` and `sha256`, write one of them'],
    ],
    'a key that expires on a day that there is not': [
      '  a: { keys: [ { name: x, secret: s, expires: 2027-02-30 } ] }\n',
      ['9:47: `expires` is no time that there is, correct it'],
    ],
    'a key that expires after a while': [
      '  a: { keys: [ { name: x, secret: s, expires: 90d } ] }\n',
      ['9:47: `expires` is not a time, write one such as 2027-01-31 or 2027-01-31T18:00:00Z'],
    ],
    'a key with half a hash': [
      '  a: { keys: [ { name: x, sha256: abcdef } ] }\n',
      ['9:35: `sha256` is not a SHA-256, write its 64 hex digits'],
    ],
    'a key with a line break, as files of secrets have': [
      '  a: { keys: [ { name: x, secret: "abc\\n" } ] }\n',
      ['9:35: `secret` is empty or holds a space, a line break or a character outside ASCII, write it without'],
    ],
    'an unknown API': [
      '  a: { subscriptions: [ { api: user } ] }\n',
      ['9:32: unknown api `user`, did you mean `users`?'],
    ],
    'an unknown plan': [
      '  a: { subscriptions: [ { api: users, plan: gld } ] }\n',
      ['9:45: unknown plan `gld`, did you mean `gold`?'],
    ],
    'a plan without the API': [
      '  a: { subscriptions: [ { api: orders, plan: free } ] }\n',
      ['9:46: the plan `free` does not contain `orders`, add it under `apis` of the plan or choose another'],
    ],
    'two subscriptions to an API': [
      '  a: { subscriptions: [ { api: users }, { api: users, plan: free } ] }\n',
      ['9:48: `users` is subscribed to twice, leave one out'],
    ],
    'a plan that every object has': [
      '  a: { subscriptions: [ { api: users, plan: constructor } ] }\n',
      ['9:45: unknown plan `constructor`, write one of `free`, `gold`'],
    ],
  };
  for (const [name, [text, expected]] of Object.entries(refused)) {
    it(`refuses ${name}`, () => expect(problemsOf(HEAD + text)).toEqual(expected));
  }

  it('refuses a plan with an unknown API, subscribed to or not', () => {
    expect(
      problemsOf(
        'gatehouse: 1\napis: { users: { upstream: "http://h" } }\nplans: { gold: { apis: [ users, usrs ] } }\n',
      ),
    ).toEqual(['3:33: unknown api `usrs`, did you mean `users`?']);
  });

  it('does not take an API or a plan with problems for an unknown one', () => {
    const text = `gatehouse: 1
apis: { users: [] }
plans: { gold: { apis: x } }
applications: { a: { subscriptions: [ { api: users, plan: gold } ] } }
`;
    expect(problemsOf(text)).toEqual(['2:16: `users` is a list, write a map', '3:24: `apis` is a text, write a list']);
  });
});
