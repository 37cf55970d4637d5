import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeAnswer } from '../__fixtures__/otlp-decoder.ts';
import type { SinkOutcome } from '../sink.ts';
import { partialSuccess } from './otlp-answer.ts';

function outcome(contentType: string, body: string | Buffer): SinkOutcome | undefined {
  return partialSuccess({ status: 200, contentType, retryAfter: undefined, body: Buffer.from(body) });
}

describe('partialSuccess', () => {
  it.each([
    ['{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}', 3],
    ['{"partialSuccess":{"rejectedLogRecords":2,"errorMessage":"too old"}}', 2],
  ])('reads %s', (body, refused) => {
    expect(outcome('application/json', body)).toEqual({ refused, why: 'the collector refused some: too old' });
  });

  it.each([0, 1, 127, 128, 300, 2 ** 40])('reads %d of protobuf', (refused) => {
    expect(outcome('application/x-protobuf', encodeAnswer(refused, 'zu alt, Zoë'))).toEqual(
      refused === 0 ? undefined : { refused, why: 'the collector refused some: zu alt, Zoë' },
    );
  });

  it.each([
    ['application/json', ''],
    ['application/json', '{}'],
    ['application/json', '{"partialSuccess":{}}'],
    ['application/json', '{"partialSuccess":{"errorMessage":"only a warning"}}'],
    ['application/json', '[7]'],
    ['application/x-protobuf', ''],
    ['', 'ok'],
  ])('finds nothing in %s %j', (contentType, body) => expect(outcome(contentType, body)).toBeUndefined());

  it('takes any answer', () => {
    const type = fc.constantFrom('application/json', 'application/x-protobuf', '');
    fc.assert(
      fc.property(
        type,
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        ),
        (contentType, body) => {
          const found = outcome(contentType, body);
          expect(found === undefined || found.refused > 0).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
