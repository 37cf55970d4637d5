import { describe, expect, it } from 'vitest';
import { ListeningSink } from '../__fixtures__/listening-sink.ts';
import { itemOf, numbered } from '../__fixtures__/records.ts';
import { until } from '../__fixtures__/until.ts';
import { SinkError, type SinkItem } from '../sink.ts';
import { deliver, type DeliverTimings } from './deliver.ts';

const QUICK: DeliverTimings = { attemptMsMax: 5000, firstRetryMs: 1, retryMsMax: 4, retryAfterMsMax: 50 };
const items = (count: number): SinkItem[] => numbered('call', count).map(itemOf);

function setUp(timings: Partial<DeliverTimings> = {}) {
  const sink = new ListeningSink();
  const told: string[] = [];
  const ending = new AbortController();
  const options = {
    sink,
    signal: ending.signal,
    timings: { ...QUICK, ...timings },
    random: () => 0.5,
    tally: {
      taken: (count: number) => void told.push(`taken ${count}`),
      refused: (count: number, why: string) => void told.push(`refused ${count}: ${why}`),
      failed: (error: unknown) => void told.push(`failed: ${String(error)}`),
    },
  };
  return { sink, told, ending, options };
}

describe('deliver', () => {
  it('hands a batch over once', async () => {
    const { sink, told, options } = setUp();
    expect(await deliver(items(3), options)).toBe(true);
    expect(sink.ids).toEqual(['call-0', 'call-1', 'call-2']);
    expect(told).toEqual(['taken 3']);
  });

  it('offers again what failed, for whatever reason, until it is taken', async () => {
    const { sink, told, options } = setUp();
    const errors = [new Error('one'), new SinkError('two', { retry: 'later', retryAfterMs: 1 }), 'three'];
    sink.answer = () => {
      const error = errors.shift();
      if (error !== undefined) throw error;
      return undefined;
    };
    expect(await deliver(items(2), options)).toBe(true);
    expect(sink.ids).toEqual(['call-0', 'call-1']);
    expect(told).toEqual(['failed: Error: one', 'failed: SinkError: two', 'failed: three', 'taken 2']);
  });

  it('gives up what the receiver will never take', async () => {
    const { sink, told, options } = setUp();
    sink.answer = () => {
      throw new SinkError('bad request', { retry: 'never' });
    };
    expect(await deliver(items(2), options)).toBe(true);
    expect(told).toEqual(['refused 2: bad request']);
    expect(sink.offered).toBe(1);
  });

  it('counts what a receiver left out of a batch', async () => {
    const { sink, told, options } = setUp();
    sink.answer = () => ({ refused: 1, why: 'too old' });
    expect(await deliver(items(3), options)).toBe(true);
    expect(told).toEqual(['refused 1: too old', 'taken 2']);
  });

  it('halves what is too large, down to the one that is', async () => {
    const { sink, told, options } = setUp();
    sink.answer = (batch) => {
      const large = batch.some((item) => item.kind === 'record' && item.record.id === 'call-3');
      if (batch.length > 2 || large) throw new SinkError('too large', { retry: 'smaller' });
      return undefined;
    };
    expect(await deliver(items(6), options)).toBe(true);
    expect(sink.ids).toEqual(['call-0', 'call-1', 'call-2', 'call-4', 'call-5']);
    expect(told.filter((text) => text.startsWith('refused'))).toEqual(['refused 1: too large']);
  });

  it('waits as long as a receiver asks for, and not longer than may be', async () => {
    const { sink, options } = setUp({ retryAfterMsMax: 60 });
    let offers = 0;
    sink.answer = () => {
      if (offers++ === 0) throw new SinkError('busy', { retry: 'later', retryAfterMs: 3_600_000 });
      return undefined;
    };
    const begunMs = performance.now();
    expect(await deliver(items(1), options)).toBe(true);
    expect(performance.now() - begunMs).toBeGreaterThanOrEqual(55);
  });

  it('waits twice as long each time', async () => {
    const { sink, options } = setUp({ firstRetryMs: 8, retryMsMax: 1000 });
    const offers: number[] = [];
    sink.answer = () => {
      if (offers.push(performance.now()) < 4) throw new Error('down');
      return undefined;
    };
    await deliver(items(1), options);
    // 6, 12 and 24 ms at a half of the jitter.
    expect((offers[3] ?? 0) - (offers[0] ?? 0)).toBeGreaterThanOrEqual(39);
  });

  it('does not wait for a sink that says nothing and heeds nothing', async () => {
    const { sink, told, options } = setUp({ attemptMsMax: 20 });
    let offers = 0;
    sink.answer = () => (offers++ === 0 ? new Promise(() => {}) : undefined);
    expect(await deliver(items(1), options)).toBe(true);
    expect(told).toEqual(['failed: SinkError: no answer in time', 'taken 1']);
  });

  it.each([
    ['waits to try again', new Error('down')],
    ['is being sent', undefined],
  ])('ends at once while it %s, and has taken nothing', async (_, error) => {
    const { sink, told, ending, options } = setUp({ firstRetryMs: 60_000, retryMsMax: 60_000 });
    sink.answer = () => {
      if (error !== undefined) throw error;
      return new Promise(() => {});
    };
    const delivered = deliver(items(1), options);
    await until(() => sink.offered === 1);
    ending.abort();
    expect(await delivered).toBe(false);
    expect(told).not.toContain('taken 1');
  });

  it('offers nothing when it has been ended before', async () => {
    const { sink, ending, options } = setUp();
    ending.abort();
    expect(await deliver(items(1), options)).toBe(false);
    expect(sink.offered).toBe(0);
  });
});
