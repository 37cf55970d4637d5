import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { journalEntries } from '../testing/journal-arbitraries.ts';
import { budgetSpan } from './budget-period.ts';
import { ENTRY_BYTES, readEntry, writeEntry, type JournalEntry } from './journal-entry.ts';

function written(entry: JournalEntry): Buffer {
  const bytes = Buffer.alloc(3 * ENTRY_BYTES, 0xaa);
  writeEntry(bytes, ENTRY_BYTES, entry);
  return bytes;
}

describe('an entry of a journal', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(journalEntries, (entry) => {
        expect(readEntry(written(entry), ENTRY_BYTES)).toEqual(entry);
      }),
    );
  });

  it.each([
    { open: 0.5, spent: 0, kind: budgetSpan('total', 0).kind },
    { open: 0, spent: NaN, kind: budgetSpan('total', 0).kind },
    { open: 0, spent: 0, kind: 0 },
  ])('is not read when it says what cannot be: %o', (part) => {
    expect(readEntry(written({ high: 1, low: 2, ...part }), ENTRY_BYTES)).toBeUndefined();
  });
});
