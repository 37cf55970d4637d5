import { describe, expect, it } from 'vitest';
import { restRecord } from '../__fixtures__/sample-records.ts';
import { formatItem } from './format-item.ts';
import { formatRecord } from './format-record.ts';
import type { TailItem } from './tail-records.ts';

const from = new Date(2026, 0, 31, 8, 0, 0, 1).getTime();
const gap = (lost: number): TailItem => ({
  kind: 'gap',
  line: '',
  gap: { gap: true, lost, from, to: from + 2500, worker: 3 },
});

describe('formatItem', () => {
  const check = (item: TailItem, expected: string): void => expect(formatItem(item, { colour: false })).toBe(expected);

  it('shows a record', () => {
    check({ kind: 'record', line: '', record: restRecord }, formatRecord(restRecord, { colour: false }));
  });

  it('shows how many records were lost, by whom and when', () => {
    check(gap(42), '08:00:00.001  42 records of worker 3 lost until 08:00:02.501');
    check(gap(1), '08:00:00.001  1 record of worker 3 lost until 08:00:02.501');
  });

  it('shows damage and its size', () => {
    check(
      { kind: 'corrupt', corruption: { reason: 'damaged', bytes: 7 } },
      '--:--:--.---  records are damaged and were skipped (7 bytes)',
    );
  });

  it('shows a hole of unknown size', () => {
    check(
      { kind: 'corrupt', corruption: { reason: 'missing', bytes: 0 } },
      '--:--:--.---  older records were deleted to keep the bound of the folder',
    );
  });

  it('shows what is not a record in colour', () => {
    expect(formatItem(gap(1), { colour: true })).toBe(`\u001b[35m${formatItem(gap(1), { colour: false })}\u001b[0m`);
  });
});
