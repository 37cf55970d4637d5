import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traceOf } from './trace.ts';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const NEW = /^00-([0-9a-f]{32})-([0-9a-f]{16})-0[23]$/;

describe('traceOf', () => {
  const continued: Readonly<Record<string, readonly [string, flags: string]>> = {
    'a sampled parent': [`00-${ID}-${PARENT}-01`, '01'],
    'an unsampled parent': [`00-${ID}-${PARENT}-00`, '00'],
    'a parent with a random id': [`00-${ID}-${PARENT}-03`, '03'],
    'flags that it does not know, less these': [`00-${ID}-${PARENT}-fd`, '01'],
    'a later version of the same length': [`01-${ID}-${PARENT}-01`, '01'],
    'a later version with more behind it': [`cc-${ID}-${PARENT}-00-what-the-future-brings`, '00'],
    'a later version with nothing behind its dash': [`01-${ID}-${PARENT}-01-`, '01'],
  };
  for (const [name, [incoming, flags]] of Object.entries(continued)) {
    it(`goes on with ${name}, in a span of its own`, () => {
      const trace = traceOf(incoming, 1);
      expect(trace).toMatchObject({ traceId: ID, parentSpanId: PARENT, sampled: (Number(flags) & 1) === 1 });
      expect(trace.spanId).toMatch(/^[0-9a-f]{16}$/);
      expect(trace.spanId).not.toBe(PARENT);
      expect(trace.traceparent).toBe(`00-${ID}-${trace.spanId}-${flags}`);
    });
  }

  const refused: Readonly<Record<string, string | undefined>> = {
    nothing: undefined,
    'an empty text': '',
    'version ff': `ff-${ID}-${PARENT}-01`,
    'version 00 with more behind it': `00-${ID}-${PARENT}-01-more`,
    'version 00 with a dash behind it': `00-${ID}-${PARENT}-01-`,
    'a later version with something else than a dash behind it': `01-${ID}-${PARENT}-01.more`,
    'a trace id of zeros': `00-${'0'.repeat(32)}-${PARENT}-01`,
    'a parent id of zeros': `00-${ID}-${'0'.repeat(16)}-01`,
    'large letters': `00-${ID.toUpperCase()}-${PARENT}-01`,
    'a short trace id': `00-${ID.slice(1)}-${PARENT}-01`,
    'a long parent id': `00-${ID}-${PARENT}0-01`,
    'no flags': `00-${ID}-${PARENT}`,
    'flags that are no hex': `00-${ID}-${PARENT}-0x`,
    'two fields': `00-${ID}-${PARENT}-01, 00-${ID}-${PARENT}-01`,
  };
  for (const [name, incoming] of Object.entries(refused)) {
    it(`begins a trace where it is given ${name}`, () => {
      const trace = traceOf(incoming, 0);
      const [, id, span] = NEW.exec(trace.traceparent) ?? [];
      expect(trace).toMatchObject({ traceId: id, spanId: span, parentSpanId: undefined, sampled: false });
      expect(trace.traceId).not.toBe(ID);
    });
  }

  it.each([
    [0, 0, 0],
    [1, 2000, 2000],
    [0.25, 400, 600],
  ])('samples a share of %s of those that begin here', (share, least, most) => {
    const traces = Array.from({ length: 2000 }, () => traceOf(undefined, share));
    const sampled = traces.filter((trace) => trace.sampled);
    expect(sampled.length).toBeGreaterThanOrEqual(least);
    expect(sampled.length).toBeLessThanOrEqual(most);
    for (const { traceparent, sampled: chosen } of traces)
      expect(traceparent.endsWith(chosen ? '-03' : '-02')).toBe(true);
  });

  it('never gives an id twice', () => {
    const traces = Array.from({ length: 5000 }, (_, i) =>
      traceOf(i % 2 === 0 ? undefined : `00-${ID}-${PARENT}-00`, 0),
    );
    expect(new Set(traces.map(({ spanId }) => spanId)).size).toBe(5000);
  });

  it('takes any text', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/));
    fc.assert(
      fc.property(text, (incoming) => {
        const trace = traceOf(incoming, 0.5);
        expect(trace.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/);
        expect(trace.traceparent).toContain(`-${trace.traceId}-${trace.spanId}-`);
      }),
    );
  });
});
