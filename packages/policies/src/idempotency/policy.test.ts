import { createKeptMemory, openKeptReplies } from '@gatehouse/counters';
import { describe, expect, it } from 'vitest';
import type { Exchange, PolicyHooks, PolicyTools, Reply } from '../policy.ts';
import {
  fakeExchange,
  fakeTools,
  NOW,
  throughReply,
  type FakeExchangeOptions,
  type FakeReply,
  type UpstreamReply,
} from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const idempotency = joined('idempotency');

policyContract(idempotency, {
  valid: [{}, { methods: ['PUT'], required: true, ttl: '5m', maxBytes: '1MB', by: 'subject', serverErrors: true }],
  invalid: [{ methods: [] }, { methods: ['post'] }, { ttl: 5 }, { maxBytes: 'big' }, { by: 'me' }, { required: 'yes' }],
  waits: true,
});

const CLOCK = { now: () => NOW, monotonic: () => 0 };
const ADA = { application: 'ada' };
const CREATED: UpstreamReply = {
  status: 201,
  headers: [
    ['content-type', 'application/json'],
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
  ],
  body: ['{"id":', '7}'],
};

function build(config: object = {}, tools: PolicyTools = fakeTools('test#0', { clock: CLOCK })): PolicyHooks {
  return idempotency.build(config, tools);
}

function request(options: FakeExchangeOptions = {}): Exchange {
  const headers = { 'idempotency-key': 'k1', ...options.headers };
  return fakeExchange({ method: 'POST', body: 'pay', contentLength: 3, principal: ADA, ...options, headers });
}

async function enter(hooks: PolicyHooks, exchange: Exchange): Promise<Reply | undefined> {
  return hooks.onRequest?.(exchange);
}

/** A call that goes on to the upstream and gets this reply. */
async function made(hooks: PolicyHooks, reply: UpstreamReply = CREATED, exchange = request()): Promise<FakeReply> {
  expect(await enter(hooks, exchange)).toBeUndefined();
  const seen = throughReply(hooks, exchange, reply);
  hooks.onEnd?.(exchange, { status: seen.status, code: undefined });
  return seen;
}

describe('a call with an idempotency key', () => {
  it('is made once, and its reply is given again', async () => {
    const hooks = build();
    const first = await made(hooks);
    expect([first.status, String(first.body), first.complete]).toEqual([201, '{"id":7}', true]);
    expect(await enter(hooks, request())).toEqual({
      status: 201,
      headers: [...(CREATED.headers ?? []), ['idempotency-replayed', 'true']],
      body: Buffer.from('{"id":7}'),
    });
  });

  it.each<readonly [string, FakeExchangeOptions]>([
    ['another body', { body: 'pay more', contentLength: 8 }],
    ['no body', { body: '', contentLength: 0 }],
    ['another method', { method: 'PATCH' }],
    ['another path', { path: '/v1/users/8' }],
    ['another query', { query: '?a=1' }],
    ['another host', { host: 'other.example.com' }],
  ])('is refused with %s, also while it is under way', async (_, options) => {
    const hooks = build();
    const first = request();
    await enter(hooks, first);
    expect(await enter(hooks, request(options))).toMatchObject({ code: 'request.idempotency_mismatch' });
    throughReply(hooks, first, CREATED);
    expect(await enter(hooks, request(options))).toMatchObject({ code: 'request.idempotency_mismatch' });
  });

  it('is refused while the first is under way, in another worker too', async () => {
    const memory = createKeptMemory({ entries: 16, bytes: 4096 });
    const workers = [1, 2].map((owner) =>
      build({}, fakeTools('test#0', { clock: CLOCK, kept: openKeptReplies(memory, owner) })),
    );
    const [one, two] = workers;
    if (one === undefined || two === undefined) throw new Error('two workers');
    await enter(one, request());
    for (const hooks of workers)
      expect(await enter(hooks, request())).toMatchObject({
        code: 'request.idempotency_in_flight',
        headers: [['retry-after', '1']],
      });
    openKeptReplies(memory, 0).ownerDied(1);
    expect(await enter(two, request())).toBeUndefined();
  });

  it('has a key of its own for each caller, and each place', async () => {
    const tools = fakeTools('test#0', { clock: CLOCK });
    await made(build({}, tools));
    expect(await enter(build({}, tools), request({ principal: { application: 'bob' } }))).toBeUndefined();
    expect(await enter(build({}, { ...tools, scope: 'other' }), request())).toBeUndefined();
    expect(await enter(build({}, tools), request())).toMatchObject({ status: 201 });
  });

  it('reads a key in quotes as the same', async () => {
    const hooks = build();
    await made(hooks);
    expect(await enter(hooks, request({ headers: { 'idempotency-key': '"k1"' } }))).toMatchObject({ status: 201 });
  });

  it.each(['', 'a b', 'ü', 'x'.repeat(256)])('is refused with the key "%s"', async (key) => {
    expect(await enter(build(), request({ headers: { 'idempotency-key': key } }))).toMatchObject({
      code: 'request.idempotency_key',
    });
  });

  it('passes where its method is not heeded', async () => {
    const hooks = build({ methods: ['PUT'] });
    await made(hooks);
    expect(await enter(hooks, request())).toBeUndefined();
  });

  it('is forgotten when its time is over', async () => {
    let now = NOW;
    const tools = fakeTools('test#0', { clock: { ...CLOCK, now: () => now } });
    const hooks = build({ ttl: '1m' }, tools);
    await made(hooks);
    now += 59_999;
    expect(await enter(hooks, request())).toBeDefined();
    now += 1;
    expect(await enter(hooks, request())).toBeUndefined();
  });
});

it('a call without a key passes, unless one is required', async () => {
  const without = fakeExchange({ method: 'POST' });
  expect(await enter(build(), without)).toBeUndefined();
  expect(await enter(build({ required: true }), without)).toMatchObject({ code: 'request.idempotency_key' });
  expect(await enter(build({ required: true }), fakeExchange({ method: 'GET' }))).toBeUndefined();
});

describe('a reply', () => {
  it.each<readonly [string, UpstreamReply]>([
    ['of 500', { status: 500 }],
    ['of 429', { status: 429 }],
    ['of 425', { status: 425 }],
    ['of 408', { status: 408 }],
    ['that broke off', { ...CREATED, broken: true }],
  ])('%s is not kept, and the call may be made again', async (_, reply) => {
    const hooks = build();
    await made(hooks, reply);
    await made(hooks);
    expect(await enter(hooks, request())).toMatchObject({ status: 201 });
  });

  it.each([200, 204, 302, 400, 404, 422, 499])('of %i is kept', async (status) => {
    const hooks = build();
    await made(hooks, { status });
    expect(await enter(hooks, request())).toMatchObject({ status, body: Buffer.alloc(0) });
  });

  it('of 500 is kept where it is asked for', async () => {
    const hooks = build({ serverErrors: true });
    await made(hooks, { status: 503, body: ['down'] });
    expect(await enter(hooks, request())).toMatchObject({ status: 503, body: Buffer.from('down') });
  });

  it('that is too large reaches the caller whole, and the call is not made again', async () => {
    const hooks = build({ maxBytes: '200B' });
    const seen = await made(hooks, { body: ['x'.repeat(150), 'x'.repeat(150)] });
    expect([seen.body.length, seen.complete]).toEqual([300, true]);
    expect(await enter(hooks, request())).toMatchObject({ code: 'request.idempotency_lost' });
  });

  it('is kept as it is here, not as what stands nearer to the caller makes of it', async () => {
    const hooks = build();
    const exchange = request();
    await enter(hooks, exchange);
    const outer: PolicyHooks = {
      onReply: (one, draft, sink) => {
        const filter = hooks.onReply?.(one, draft, sink);
        draft.set('content-encoding', 'gzip');
        return filter;
      },
    };
    throughReply(outer, exchange, { headers: [['x-a', '1']] });
    const again = await enter(hooks, request());
    expect(again?.headers).toEqual([
      ['x-a', '1'],
      ['idempotency-replayed', 'true'],
    ]);
  });

  it('that never came leaves the key free', async () => {
    const hooks = build();
    const exchange = request();
    await enter(hooks, exchange);
    hooks.onEnd?.(exchange, { status: 502, code: 'upstream.unreachable' });
    hooks.onEnd?.(exchange, { status: 502, code: 'upstream.unreachable' });
    expect(await enter(hooks, request())).toBeUndefined();
  });
});

it('refuses when there is no room for one more that is under way', async () => {
  const kept = openKeptReplies(createKeptMemory({ entries: 16, bytes: 4096 }), 1);
  const hooks = build({}, fakeTools('test#0', { clock: CLOCK, kept }));
  const answers: (Reply | undefined)[] = [];
  for (let i = 0; i < 17; i++) answers.push(await enter(hooks, request({ headers: { 'idempotency-key': `k${i}` } })));
  expect(answers.slice(0, 16).every((answer) => answer === undefined)).toBe(true);
  expect(answers[16]).toMatchObject({ code: 'gateway.overloaded' });
});
