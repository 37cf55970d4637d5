import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyRecord, leastRecord } from './__fixtures__/sample-records.ts';
import { parseLine, RECORD_FIELDS } from './parse-line.ts';
import { gapLine, recordLine } from './record-line.ts';

describe('parseLine', () => {
  it('reads every record that was written', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(parseLine(recordLine(record))).toMatchObject({ kind: 'record', record: { id: record.id } });
      }),
    );
  });

  it('keeps the line as it was written', () => {
    const line = recordLine(leastRecord).trimEnd();
    expect(parseLine(line)).toEqual({ kind: 'record', line, record: leastRecord });
  });

  it('reads a gap', () => {
    const gap = { gap: true, lost: 2, from: 10, to: 20, worker: 0 } as const;
    const line = gapLine(gap).trimEnd();
    expect(parseLine(line)).toEqual({ kind: 'gap', line, gap });
  });

  it('keeps fields of a later version', () => {
    const line = JSON.stringify({ ...leastRecord, aiGuard: 'passed' });
    expect(parseLine(line)).toMatchObject({ record: { aiGuard: 'passed' } });
  });

  for (const name of Object.keys(leastRecord)) {
    it(`refuses a record without ${name}`, () => {
      expect(parseLine(JSON.stringify({ ...leastRecord, [name]: undefined }))).toBeUndefined();
    });
  }

  for (const [name, kind] of Object.entries(RECORD_FIELDS)) {
    it(`refuses a record whose ${name} is of another type`, () => {
      const wrong = kind.startsWith('text') ? 1 : 'x';
      expect(parseLine(JSON.stringify({ ...leastRecord, [name]: wrong }))).toBeUndefined();
    });
  }

  const others: Readonly<Record<string, string>> = {
    'an empty line': '',
    'half a line': '{"id":"x',
    'a number': '7',
    null: 'null',
    'a list': '[]',
    'a gap without a count': '{"gap":true,"from":1,"to":2,"worker":0}',
    'a gap that is none': '{"gap":false,"lost":1,"from":1,"to":2,"worker":0}',
    'an unknown usage state': JSON.stringify({ ...leastRecord, aiUsageState: 'guessed' }),
  };
  for (const [name, line] of Object.entries(others)) {
    it(`refuses ${name}`, () => expect(parseLine(line)).toBeUndefined());
  }

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        parseLine(line);
      }),
    );
  });
});
