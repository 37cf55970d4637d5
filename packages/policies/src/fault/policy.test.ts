import { describe, expect, it } from 'vitest';
import type { Reply } from '../policy.ts';
import { fakeExchange, fakeTools, linesOf, type FakeExchangeOptions, type FakeToolsOptions } from '../testing/index.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const fault = joined('fault');

policyContract(fault, {
  valid: [
    { share: '10%', abort: 503 },
    { share: '100%', abort: 'reset' },
    { share: '0.5%', abort: 429, header: 'X-Chaos' },
    { share: '0%', delay: '200ms' },
    { share: '0%', delay: { min: '1ms', max: '5m' }, abort: 500 },
  ],
  invalid: [
    {},
    { abort: 503 },
    { share: '10%' },
    { share: '101%', abort: 503 },
    { share: '10', abort: 503 },
    { share: 0.1, abort: 503 },
    { share: '10%', abort: 200 },
    { share: '10%', abort: 600 },
    { share: '10%', abort: 'hang' },
    { share: '10%', delay: '6m' },
    { share: '10%', delay: { min: '2s', max: '1s' } },
    { share: '10%', delay: { min: '2s' } },
    { share: '10%', abort: 503, header: 'a b' },
  ],
});

interface Outcome {
  readonly reply: Reply | undefined;
  readonly marks: readonly string[];
  readonly note: string | undefined;
  readonly waits: readonly number[];
}

async function run(config: object, call: FakeExchangeOptions = {}, tools: FakeToolsOptions = {}): Promise<Outcome> {
  const waits: number[] = [];
  const later = (ms: number, then: () => void): (() => void) => {
    waits.push(ms);
    then();
    return () => {};
  };
  const exchange = fakeExchange(call);
  const reply = await fault.build(config, fakeTools('test#0', { later, ...tools })).onRequest?.(exchange);
  return { reply, marks: linesOf(exchange.replyHeaders), note: exchange.notes.policies?.['fault'], waits };
}

describe('fault', () => {
  it('answers with a status, and says that it was on purpose', async () => {
    expect(await run({ share: '100%', abort: 503 })).toMatchObject({
      reply: { status: 503, headers: [['content-type', 'application/problem+json']] },
      marks: ['x-gatehouse-fault: abort 503'],
      note: 'abort 503',
      waits: [],
    });
  });

  it('cuts the connection', async () => {
    expect((await run({ share: '100%', abort: 'reset' })).reply).toMatchObject({ code: 'route.fault', cut: true });
  });

  it('lets a call wait and go on', async () => {
    expect(await run({ share: '100%', delay: '200ms' })).toEqual({
      reply: undefined,
      marks: ['x-gatehouse-fault: delay'],
      note: 'delay',
      waits: [200],
    });
  });

  it('lets a call wait for any time between two', async () => {
    const config = { share: '100%', delay: { min: '100ms', max: '300ms' } };
    for (const [part, waits] of [
      [0, 100],
      [0.5, 200],
      [0.999, 299.8],
    ] as const) {
      expect(await run(config, {}, { random: () => part })).toMatchObject({ waits: [waits] });
    }
  });

  it('lets a call wait, and then answers it', async () => {
    expect(await run({ share: '100%', delay: '1s', abort: 500 })).toMatchObject({
      reply: { status: 500 },
      waits: [1000],
      note: 'delay, abort 500',
    });
  });

  it('meets the share that it is told', async () => {
    const config = { share: '10%', abort: 503 };
    expect((await run(config, {}, { random: () => 0.0999 })).reply).toMatchObject({ status: 503 });
    expect(await run(config, {}, { random: () => 0.1 })).toMatchObject({
      reply: undefined,
      marks: [],
      note: undefined,
    });
    expect((await run({ share: '0%', abort: 503 }, {}, { random: () => 0 })).reply).toBeUndefined();
    expect((await run({ share: '100%', abort: 503 }, {}, { random: () => 0.9999999 })).reply).toBeDefined();
  });

  it('spares calls without the field', async () => {
    const config = { share: '100%', abort: 503, header: 'X-Chaos' };
    expect((await run(config)).reply).toBeUndefined();
    expect((await run(config, { headers: { 'x-chaos': '' } })).reply).toMatchObject({ status: 503 });
  });
});
