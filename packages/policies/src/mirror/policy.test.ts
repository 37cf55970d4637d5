import { GatehouseError } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import type { Answer, PolicyHooks, UpstreamAsk } from '../policy.ts';
import { fakeExchange, fakeTools, type FakeExchangeOptions, type FakeToolsOptions } from '../testing/index.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const mirror = joined('mirror');

policyContract(mirror, {
  valid: [
    { upstream: 'copy' },
    { upstream: 'http://127.0.0.1:1', share: '0.5%', bodyMax: '1MiB', timeout: '2s', inFlightMax: 1 },
    { upstream: 'copy', headers: { remove: [] } },
  ],
  invalid: [
    {},
    { upstream: '' },
    { upstream: 'copy', share: 1 },
    { upstream: 'copy', bodyMax: '64' },
    { upstream: 'copy', timeout: '0s' },
    { upstream: 'copy', inFlightMax: 0 },
    { upstream: 'copy', headers: { remove: ['a b'] } },
    { upstream: 'copy', headers: { add: {} } },
  ],
  waits: true,
});

const ANSWER: Answer = { status: 200, headers: [], body: Buffer.alloc(0) };

interface Mirrored {
  readonly asked: readonly UpstreamAsk[];
  readonly note: () => string | undefined;
}

function hooksOf(config: object, tools: FakeToolsOptions): PolicyHooks {
  return mirror.build({ upstream: 'copy', ...config }, fakeTools('test#0', tools));
}

async function run(config: object, call: FakeExchangeOptions = {}, tools: FakeToolsOptions = {}): Promise<Mirrored> {
  const asked: UpstreamAsk[] = [];
  const askUpstream = async (request: UpstreamAsk): Promise<Answer> => {
    asked.push(request);
    return Promise.resolve(ANSWER);
  };
  const exchange = fakeExchange(call);
  await hooksOf(config, { askUpstream, ...tools }).onRequest?.(exchange);
  return { asked, note: () => exchange.notes.policies?.['mirror'] };
}

describe('mirror', () => {
  it('sends what goes upstream to another as well', async () => {
    const { asked, note } = await run(
      { timeout: '2s' },
      {
        method: 'DELETE',
        upstreamTarget: '/people/7?x=1',
        headers: { accept: '*/*', authorization: 'x', cookie: 'a=b' },
      },
    );
    expect(asked).toMatchObject([
      {
        upstream: 'copy',
        method: 'DELETE',
        target: '/people/7?x=1',
        headers: [
          ['accept', '*/*'],
          ['x-gatehouse-mirror', '1'],
        ],
        timeoutMs: 2000,
      },
    ]);
    expect(asked[0]).not.toHaveProperty('body');
    expect(note()).toBe('copied');
  });

  it('sends the body too', async () => {
    const { asked } = await run({}, { method: 'POST', body: 'hello', contentLength: 5 });
    expect(asked[0]?.body?.toString()).toBe('hello');
  });

  it('carries what policies have put into the head, and leaves out what it is told', async () => {
    const exchange = fakeExchange({ headers: { 'x-a': '1', 'x-b': '2', authorization: 'kept' } });
    exchange.upstreamHeaders.set('x-a', '3');
    const asked: UpstreamAsk[] = [];
    const askUpstream = async (request: UpstreamAsk): Promise<Answer> => (asked.push(request), Promise.resolve(ANSWER));
    await hooksOf({ headers: { remove: ['X-B'] } }, { askUpstream }).onRequest?.(exchange);
    expect(asked[0]?.headers).toEqual([
      ['authorization', 'kept'],
      ['x-a', '3'],
      ['x-gatehouse-mirror', '1'],
    ]);
  });

  it('leaves out what only a caller may send', async () => {
    const { asked } = await run({}, { headers: { 'x-a': 'caf\u00e9', 'x-b': '2' } });
    expect(asked[0]?.headers.map(([name]) => name)).toEqual(['x-b', 'x-gatehouse-mirror']);
  });

  it('copies the share that it is told', async () => {
    expect((await run({ share: '10%' }, {}, { random: () => 0.099 })).asked).toHaveLength(1);
    expect((await run({ share: '10%' }, {}, { random: () => 0.1 })).asked).toHaveLength(0);
    expect((await run({ share: '0%' }, {}, { random: () => 0 })).asked).toHaveLength(0);
  });

  it.each<[string, FakeExchangeOptions, string]>([
    ['is too long', { body: 'x'.repeat(1025), contentLength: 1025 }, 'not copied, too long'],
    ['has no known length', { body: 'x', contentLength: undefined }, 'not copied, length unknown'],
    ['asks for another protocol', { headers: { upgrade: 'websocket' } }, 'not copied, an upgrade'],
  ])('lets a call go on alone that %s', async (_, call, expected) => {
    const { asked, note } = await run({ bodyMax: '1KiB' }, call);
    expect([asked.length, note()]).toEqual([0, expected]);
  });

  it.each([
    ['fails', async () => Promise.reject(new GatehouseError('upstream.unreachable', 'no'))],
    ['never answers', async () => new Promise<Answer>(() => {})],
  ])('does not mind a mirror that %s', async (_, askUpstream) => {
    const exchange = fakeExchange();
    expect(hooksOf({}, { askUpstream }).onRequest?.(exchange)).toBeUndefined();
    await new Promise((resolve) => setImmediate(resolve));
    expect(exchange.notes.policies).toEqual({ mirror: 'copied' });
  });

  it('drops copies while too many are under way, over publications too', async () => {
    const answers: (() => void)[] = [];
    const askUpstream = async (): Promise<Answer> => new Promise((resolve) => answers.push(() => resolve(ANSWER)));
    const states = new Map<string, unknown>();
    const notes = (hooks: PolicyHooks): string | undefined => {
      const exchange = fakeExchange();
      void hooks.onRequest?.(exchange);
      return exchange.notes.policies?.['mirror'];
    };
    const first = hooksOf({ inFlightMax: 2 }, { askUpstream, states });
    const second = hooksOf({ inFlightMax: 2 }, { askUpstream, states });
    expect([notes(first), notes(second), notes(first), notes(second)]).toEqual([
      'copied',
      'copied',
      'dropped, too many under way',
      'dropped, too many under way',
    ]);
    answers[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect([notes(first), notes(first)]).toEqual(['copied', 'dropped, too many under way']);
    expect(answers).toHaveLength(3);
  });

  it('drops those too that waited for their body', async () => {
    const askUpstream = async (): Promise<Answer> => new Promise(() => {});
    const hooks = hooksOf({ inFlightMax: 1 }, { askUpstream });
    const calls = [1, 2, 3].map(() => fakeExchange({ body: 'x', contentLength: 1 }));
    await Promise.all(calls.map(async (each) => hooks.onRequest?.(each)));
    expect(calls.map((each) => each.notes.policies?.['mirror'])).toEqual([
      'copied',
      'dropped, too many under way',
      'dropped, too many under way',
    ]);
  });
});
