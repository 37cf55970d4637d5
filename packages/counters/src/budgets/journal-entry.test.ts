import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetSpan } from './budget-period.ts';
import { ENTRY_BYTES, readEntry, writeEntry, type JournalEntry } from './journal-entry.ts';

const half = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const amount = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(2 ** 53, -(2 ** 53), 0));
const entries: fc.Arbitrary<JournalEntry> = fc.record({
  high: half,
  low: half,
  kind: fc.constantFrom(budgetSpan('total', 0).kind, budgetSpan('hour', Date.UTC(2026, 5)).kind),
  open: amount,
  spent: amount,
});

function written(entry: JournalEntry): Buffer {
  const bytes = Buffer.alloc(3 * ENTRY_BYTES, 0xaa);
  writeEntry(bytes, ENTRY_BYTES, entry);
  return bytes;
}

describe('a line of a journal', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        expect(readEntry(written(entry), ENTRY_BYTES)).toEqual(entry);
      }),
    );
  });

  it('is not read when any of its bits is another', () => {
    fc.assert(
      fc.property(entries, fc.nat(ENTRY_BYTES * 8 - 1), (entry, bit) => {
        const bytes = written(entry);
        const at = ENTRY_BYTES + (bit >> 3);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
        expect(readEntry(bytes, ENTRY_BYTES)).toBeUndefined();
      }),
    );
  });

  it('is not read from what is none', () => {
    expect(readEntry(Buffer.alloc(ENTRY_BYTES), 0)).toBeUndefined();
    expect(readEntry(Buffer.alloc(ENTRY_BYTES - 1), 0)).toBeUndefined();
    const bytes = fc.uint8Array({ minLength: ENTRY_BYTES, maxLength: ENTRY_BYTES });
    fc.assert(fc.property(bytes, (noise) => readEntry(Buffer.from(noise), 0) === undefined));
  });

  it.each([
    { open: 0.5, spent: 0, kind: budgetSpan('total', 0).kind },
    { open: 0, spent: NaN, kind: budgetSpan('total', 0).kind },
    { open: 0, spent: 0, kind: 0 },
  ])('is not read when it says what cannot be: %o', (part) => {
    expect(readEntry(written({ high: 1, low: 2, ...part }), ENTRY_BYTES)).toBeUndefined();
  });
});
