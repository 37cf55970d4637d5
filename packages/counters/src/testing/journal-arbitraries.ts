import fc from 'fast-check';
import { budgetSpan } from '../budgets/budget-period.ts';
import type { CallNote } from '../budgets/call-note.ts';
import type { JournalEntry } from '../budgets/journal-entry.ts';
import type { FrameHead, JournalFrame } from '../budgets/journal-frame.ts';

const half = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const amount = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(2 ** 53, -(2 ** 53), 0));
const count = fc.nat(2 ** 32 - 1);

export const journalEntries: fc.Arbitrary<JournalEntry> = fc.record({
  high: half,
  low: half,
  kind: fc.constantFrom(budgetSpan('total', 0).kind, budgetSpan('hour', Date.UTC(2026, 5)).kind),
  open: amount,
  spent: amount,
});

export const callNotes: fc.Arbitrary<CallNote> = fc.record({
  call: fc.integer({ min: 1, max: 2 ** 40 }),
  final: fc.boolean(),
  line: fc.string({ unit: 'grapheme-ascii', minLength: 1 }).map((text) => `${text}\n`),
});

const heads: fc.Arbitrary<FrameHead> = fc.record({
  writtenMs: fc.double({ noNaN: true, noDefaultInfinity: true }),
  finals: count,
  recorded: count,
  continues: count,
});

export const journalFrames: fc.Arbitrary<JournalFrame> = fc.record({
  entries: fc.array(journalEntries, { maxLength: 5 }),
  notes: fc.array(callNotes, { maxLength: 4 }),
  head: heads,
});
