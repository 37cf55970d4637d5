import type { PolicyContext } from '@gatehouse/config';
import { GatehouseError } from '@gatehouse/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer, Reply, UpstreamAsk } from '../policy.ts';
import { fakeExchange, fakeTools, type FakeExchangeOptions } from '../testing/fake-exchange.ts';
import { joined, NO_CONTEXT } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const compose = joined('compose');

policyContract(compose, {
  valid: [
    { calls: { user: { upstream: 'users', target: '/users/{id}' } } },
    {
      calls: {
        user: { upstream: 'users', target: '/users/{id}', notFound: 'default' },
        orders: {
          upstream: 'orders',
          target: '/orders?user={user:/id}',
          optional: true,
          default: [],
          method: 'POST',
          body: { of: '{user:/id}' },
          headers: { 'x-a': '{user:/name}' },
        },
      },
      merge: { name: '{user:/name}', orders: ['{orders}'] },
      forward: ['authorization'],
    },
  ],
  invalid: [
    {},
    { calls: {} },
    { calls: { 'a b': { upstream: 'u', target: '/' } } },
    { calls: { a: { upstream: 'u', target: 'no-path' } } },
    { calls: { a: { upstream: 'u', target: '/', method: 'CONNECT' } } },
    { calls: { a: { upstream: 'u', target: '/', headers: { 'x a': 'b' } } } },
  ],
  waits: true,
});

type Handler = (request: UpstreamAsk) => Answer | Promise<Answer>;

const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: [['content-type', 'application/json']],
  body: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
});

interface Asked {
  readonly reply: Reply | undefined;
  readonly seen: readonly UpstreamAsk[];
  readonly note: string | undefined;
}

async function asked(
  config: object,
  handlers: Readonly<Record<string, Handler>>,
  options: FakeExchangeOptions = {},
): Promise<Asked> {
  const seen: UpstreamAsk[] = [];
  const askUpstream = async (request: UpstreamAsk): Promise<Answer> => {
    seen.push(request);
    const handler = handlers[request.upstream];
    if (handler === undefined) throw new GatehouseError('upstream.unreachable', 'nobody there');
    return handler(request);
  };
  const exchange = fakeExchange({ params: { id: '7' }, ...options });
  const hooks = compose.build(config, fakeTools('test#0', { askUpstream }));
  const reply = (await hooks.onRequest?.(exchange)) ?? undefined;
  return { reply, seen, note: exchange.notes.policies?.['compose'] };
}

function bodyOf(reply: Reply | undefined): unknown {
  if (reply === undefined || 'code' in reply) return reply;
  return JSON.parse(String(reply.body));
}

const TWO = {
  calls: {
    user: { upstream: 'users', target: '/users/{id}' },
    orders: { upstream: 'orders', target: '/orders?user={user:/id}' },
  },
};

describe('an answer', () => {
  it('is what all calls bring, by their names', async () => {
    const { reply, seen, note } = await asked(TWO, {
      users: () => json({ id: 'a/b&c', name: 'Zoë' }),
      orders: () => json([1]),
    });
    expect(bodyOf(reply)).toEqual({ user: { id: 'a/b&c', name: 'Zoë' }, orders: [1] });
    expect(reply).toMatchObject({ status: 200, headers: [['content-type', 'application/json']] });
    expect(seen.map(({ method, target }) => [method, target])).toEqual([
      ['GET', '/users/7'],
      ['GET', '/orders?user=a%2Fb%26c'],
    ]);
    expect(note).toBe('user 200 0 ms, orders 200 0 ms');
  });

  it('is made as `merge` says, and numbers stay as they are written', async () => {
    const config = {
      ...TWO,
      merge: {
        who: '{user:/name}',
        text: '{user:/name} has {orders:/0}',
        all: ['{orders}', '{orders:/none}'],
        fixed: 1,
      },
    };
    const { reply } = await asked(config, {
      users: () => json({ id: 1, name: 'Zoë' }),
      orders: () => json('[12345678901234567890]'),
    });
    if (reply === undefined || 'code' in reply) throw new Error('an answer was expected');
    expect(String(reply.body)).toBe(
      '{"who":"Zoë","text":"Zoë has {\\"rawJSON\\":\\"12345678901234567890\\"}","all":[[12345678901234567890],null],"fixed":1}'.replace(
        '{\\"rawJSON\\":\\"12345678901234567890\\"}',
        '12345678901234567890',
      ),
    );
  });

  it('of calls that need nothing of each other is asked for at once', async () => {
    const open: (() => void)[] = [];
    const held = async (): Promise<Answer> => new Promise((resolve) => open.push(() => resolve(json(1))));
    const config = { calls: { a: { upstream: 'one', target: '/' }, b: { upstream: 'two', target: '/' } } };
    const waiting = asked(config, { one: held, two: held });
    await new Promise((resolve) => setImmediate(resolve));
    expect(open).toHaveLength(2);
    for (const answer of open) answer();
    expect(bodyOf((await waiting).reply)).toEqual({ a: 1, b: 1 });
  });

  it('sends what `body` and `headers` say', async () => {
    const config = {
      calls: {
        a: {
          upstream: 'one',
          target: '/?q={query}',
          method: 'POST',
          body: { id: '{id}', n: 1 },
          headers: { Accept: 'application/vnd.x+json', 'x-id': '{id}' },
        },
      },
    };
    const { seen } = await asked(config, { one: () => json(1) }, { query: '?a=b&c' });
    expect(seen[0]?.target).toBe('/?q=a%3Db%26c');
    expect(seen[0]?.body?.toString()).toBe('{"id":"7","n":1}');
    expect(seen[0]?.headers).toEqual(
      expect.arrayContaining([
        ['accept', 'application/vnd.x+json'],
        ['content-type', 'application/json'],
        ['x-id', '7'],
      ]),
    );
  });
});

describe('a call that fails', () => {
  const cases: readonly (readonly [string, Handler, string, string])[] = [
    ['with a status', () => json({ secret: 1 }, 500), 'upstream.broken', 'the call `orders` answered 500'],
    ['with a redirect', () => json({}, 302), 'upstream.broken', 'the call `orders` answered 302'],
    ['with nothing of the kind', () => json({}, 404), 'upstream.broken', 'the call `orders` answered 404'],
    [
      'with text',
      () => ({ status: 200, headers: [['content-type', 'text/html']], body: Buffer.from('<p>') }),
      'upstream.broken',
      'the call `orders` answered what is no JSON',
    ],
    [
      'with half of JSON',
      () => json('{"a":'),
      'upstream.broken',
      'the call `orders` answered JSON that cannot be read',
    ],
    [
      'by its time',
      () => Promise.reject(new GatehouseError('upstream.timeout', 'x')),
      'upstream.timeout',
      'the call `orders` did not answer in time',
    ],
    [
      'by nobody there',
      () => Promise.reject(new GatehouseError('upstream.unreachable', 'at 10.0.0.1')),
      'upstream.unreachable',
      'the call `orders` failed',
    ],
  ];

  it.each(cases)('%s ends all of it, and nothing of it is told', async (_name, orders, code, detail) => {
    const { reply } = await asked(TWO, { users: () => json({ id: 1 }), orders });
    expect(reply).toEqual({ code, detail });
  });

  it.each(cases)('%s leaves a gap where it is optional', async (_name, orders) => {
    const calls = { ...TWO.calls, orders: { ...TWO.calls.orders, optional: true, default: ['none'] } };
    const { reply } = await asked({ calls }, { users: () => json({ id: 1 }), orders });
    expect(bodyOf(reply)).toEqual({ user: { id: 1 }, orders: ['none'] });
    expect(reply).toMatchObject({
      headers: [
        ['content-type', 'application/json'],
        ['x-gatehouse-partial', 'orders'],
        ['cache-control', 'no-store'],
      ],
    });
  });

  it('takes along those that need it, by its default', async () => {
    const calls = { user: { ...TWO.calls.user, optional: true, default: { id: 0 } }, orders: TWO.calls.orders };
    const { reply, seen } = await asked({ calls }, { orders: () => json([]) });
    expect(bodyOf(reply)).toEqual({ user: { id: 0 }, orders: [] });
    expect(seen[1]?.target).toBe('/orders?user=0');
  });

  it('is none where nothing is there and that is expected', async () => {
    const calls = { user: { ...TWO.calls.user, notFound: 'default', default: { id: 1 } } };
    const { reply } = await asked({ calls }, { users: () => json({}, 404) });
    expect(bodyOf(reply)).toEqual({ user: { id: 1 } });
    expect(reply).toMatchObject({ headers: [['content-type', 'application/json']] });
  });

  it('cancels the others', async () => {
    let signal: AbortSignal | undefined;
    const config = { calls: { a: { upstream: 'one', target: '/' }, b: { upstream: 'two', target: '/' } } };
    await asked(config, {
      one: () => json({}, 500),
      two: async (request) => {
        ({ signal } = request);
        return new Promise(() => {});
      },
    });
    expect(signal?.aborted).toBe(true);
  });
});

describe('calls', () => {
  it('end when their time is over, or the caller leaves', async () => {
    for (const how of ['late', 'left'] as const) {
      let expire = (): void => {};
      const later = (_ms: number, then: () => void): (() => void) => {
        expire = then;
        return () => {};
      };
      const askUpstream = async ({ signal }: UpstreamAsk): Promise<Answer> =>
        new Promise((_resolve, reject) =>
          signal?.addEventListener('abort', () => reject(new GatehouseError('request.cancelled', ''))),
        );
      const hooks = compose.build(
        { calls: { a: { upstream: 'one', target: '/' } } },
        fakeTools('test#0', { askUpstream, later }),
      );
      const exchange = fakeExchange();
      const answer = hooks.onRequest?.(exchange);
      if (how === 'late') expire();
      else hooks.onEnd?.(exchange, { status: 0, code: 'request.cancelled' });
      expect(await answer).toMatchObject(
        how === 'late'
          ? { code: 'upstream.timeout', detail: 'the call `a` did not answer in time' }
          : { code: 'upstream.broken' },
      );
    }
  });

  it('carry who asks and what the operator lists, and no credentials', async () => {
    const headers = {
      authorization: 'Bearer x',
      cookie: 'a=b',
      'x-request-id': 'r',
      'accept-language': 'de',
      'x-own': '1',
      'x-listed': '2',
      'content-type': 'text/plain',
      range: 'bytes=0-1',
      'x-gatehouse-application': 'shop',
    };
    const names = async (forward: readonly string[]): Promise<readonly string[]> => {
      const { seen } = await asked(
        { calls: { a: { upstream: 'one', target: '/' } }, forward },
        { one: () => json(1) },
        { headers },
      );
      return (seen[0]?.headers ?? []).map(([name]) => name);
    };
    expect(await names([])).toEqual([
      'accept',
      'accept-encoding',
      'x-request-id',
      'accept-language',
      'x-gatehouse-application',
    ]);
    expect(await names(['Authorization', 'X-Listed'])).toEqual(expect.arrayContaining(['authorization', 'x-listed']));
  });

  it.each([
    ['', 'lacks what it asks for'],
    ['..', 'lacks what it asks for'],
    ['.', 'lacks what it asks for'],
  ])('never ask for another address by what a call has brought: %j', async (id, why) => {
    const calls = { user: TWO.calls.user, orders: { upstream: 'orders', target: '/users/{user:/id}/orders' } };
    const { reply, seen } = await asked({ calls }, { users: () => json({ id }), orders: () => json([]) });
    expect(reply).toEqual({ code: 'upstream.broken', detail: `the call \`orders\` ${why}` });
    expect(seen).toHaveLength(1);
  });

  it('stay in their segment and their line, whatever a call has brought', async () => {
    const calls = {
      user: TWO.calls.user,
      orders: { upstream: 'orders', target: '/a/{user:/id}/b?c={user:/id}', headers: { 'x-id': '{user:/id}' } },
    };
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), async (id) => {
        const { seen } = await asked({ calls }, { users: () => json({ id }), orders: () => json([]) });
        const [, orders] = seen;
        if (orders === undefined) return;
        expect(orders.target).toMatch(/^\/a\/[^/?#&\s]+\/b\?c=[^/?#&=\s]+$/);
        expect(orders.headers.find(([name]) => name === 'x-id')?.[1]).toMatch(/^[\t\x20-\x7e]*$/);
      }),
    );
  });
});

describe('a configuration', () => {
  const problems = (config: object): readonly string[] => {
    const said: string[] = [];
    const context: PolicyContext = {
      ...NO_CONTEXT,
      upstream: (name) => (name === 'nobody' ? undefined : name),
      problem: (why) => void said.push(why),
    };
    compose.compile?.(compose.parse(config), context);
    return said;
  };
  const to = (target: string, upstream = 'one'): object => ({ upstream, target });

  it.each<[string, object, readonly string[]]>([
    [
      'of an upstream that there is not',
      { calls: { a: to('/', 'nobody') } },
      ['has a call `a` to `nobody`, which is no upstream'],
    ],
    [
      'that needs what there is not',
      { calls: { a: to('/{b:/id}') } },
      ['has a call `a` that needs `b`, which is no call of it'],
    ],
    [
      'that merges what there is not',
      { calls: { a: to('/') }, merge: { x: ['{b}'] } },
      ['merges `{b}`, which is no call of it'],
    ],
    [
      'of calls in a circle',
      { calls: { a: to('/{b:/x}'), b: to('/{a:/x}'), c: to('/') } },
      ['has calls that wait for each other: a, b'],
    ],
    ['of a call that needs itself', { calls: { a: to('/{a:/x}') } }, ['has calls that wait for each other: a']],
    ['that is good', { calls: { a: to('/{id}'), b: to('/{a:/x}') }, merge: '{b}' }, []],
  ])('%s', (_name, config, expected) => {
    expect(problems(config)).toEqual(expected);
  });
});
