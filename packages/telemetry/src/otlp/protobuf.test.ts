import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOtlp } from '../__fixtures__/otlp-decoder.ts';
import { keyValue, nanos, SPAN_KIND, type AnyValue, type Span, type TraceRequest } from './otlp-model.ts';
import { traceProtobuf } from './protobuf.ts';

const hex = (length: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes).toString('hex'));
// protobuf cannot carry halves of characters.
const anyText = fc.string({ unit: 'grapheme' });
const value: fc.Arbitrary<AnyValue> = fc.oneof(
  anyText.map((stringValue) => ({ stringValue })),
  fc.boolean().map((boolValue) => ({ boolValue })),
  fc.maxSafeInteger().map((number) => ({ intValue: String(number) })),
  fc.double({ noNaN: true }).map((doubleValue) => ({ doubleValue })),
  fc
    .array(anyText, { minLength: 1 })
    .map((all) => ({ arrayValue: { values: all.map((stringValue) => ({ stringValue })) } })),
);
const span: fc.Arbitrary<Span> = fc.record({
  traceId: hex(16),
  spanId: hex(8),
  parentSpanId: hex(8),
  flags: fc.integer({ min: 0, max: 0xffff_ffff }),
  name: anyText,
  kind: fc.constantFrom(...Object.values(SPAN_KIND)),
  startTimeUnixNano: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
  endTimeUnixNano: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
  attributes: fc.array(fc.record({ key: anyText, value }), { minLength: 1 }),
  status: fc.record({ code: fc.nat(2), message: anyText }),
});

describe('traceProtobuf', () => {
  it('is read by another as what was written', () => {
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 3 }), (spans) => {
        const request: TraceRequest = {
          resourceSpans: [
            {
              resource: { attributes: [keyValue('a', 'b')] },
              scopeSpans: [{ scope: { name: 'n', version: 'v' }, spans }],
            },
          ],
        };
        expect(decodeOtlp('TraceRequest', traceProtobuf(request))).toEqual(request);
      }),
    );
  });
});

describe('lengths', () => {
  it.each([0, 1, 127, 128, 16_383, 16_384, 100_000, 2_097_151, 2_097_152])(
    'of %d bytes are read by another',
    (length) => {
      const text = 'x'.repeat(length);
      const request: TraceRequest = {
        resourceSpans: [
          {
            resource: { attributes: [keyValue('a', text), keyValue('b', 'ü🏯')] },
            scopeSpans: [{ scope: { name: 'n', version: 'v' }, spans: [] }],
          },
        ],
      };
      expect(decodeOtlp('TraceRequest', traceProtobuf(request))).toEqual(request);
    },
  );
});

describe('nanos', () => {
  it.each([
    [0, '0'],
    [1, '1000000'],
    [1_790_000_000_123.456, '1790000000123456000'],
    [-5, '0'],
  ])('of %d ms are %s', (ms, expected) => expect(nanos(ms)).toBe(expected));
});
