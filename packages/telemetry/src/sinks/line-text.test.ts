import { describe, expect, it } from 'vitest';
import { gapItem, gapText, itemOf, lineOf, plainRecord } from '../__fixtures__/records.ts';
import { lineText } from './line-text.ts';

describe('lineText', () => {
  it('is the line as it was written', () => {
    expect(lineText(undefined)(itemOf(plainRecord))).toBe(lineOf(plainRecord));
  });

  it('holds chosen fields in the order chosen, without what a record has not', () => {
    const text = lineText(['status', 'owner', 'code', 'time'])(itemOf(plainRecord));
    expect(text).toBe(String.raw`{"status":200,"owner":"Zo\u00eb","time":1790000000123}`);
  });

  it('is ASCII on one line, whatever a field holds', () => {
    const owner = 'a\n"\u2028\u007f\u009b🏯\ud800';
    const text = lineText(['owner'])(itemOf({ ...plainRecord, owner }));
    expect(text).toMatch(/^[ -~]+$/);
    expect(JSON.parse(text)).toEqual({ owner });
  });

  it('tells of a gap as it is', () => expect(lineText(['status'])(gapItem)).toBe(gapText));
});
