import { isKind } from './budget-period.ts';
import type { BudgetPlace } from './budget-place.ts';

/**
 * What a journal says about an account: a reservation opens an amount, its end closes the same amount and says what was
 * spent. So an account is the sum of its entries, in whatever order and from whatever files they are read.
 */
export interface JournalEntry extends BudgetPlace {
  readonly open: number;
  readonly spent: number;
}

/** i32 high, i32 low, i32 kind, f64 open, f64 spent; little-endian. */
export const ENTRY_BYTES = 28;

export function writeEntry(bytes: Buffer, at: number, entry: JournalEntry): void {
  bytes.writeInt32LE(entry.high, at);
  bytes.writeInt32LE(entry.low, at + 4);
  bytes.writeInt32LE(entry.kind, at + 8);
  bytes.writeDoubleLE(entry.open, at + 12);
  bytes.writeDoubleLE(entry.spent, at + 20);
}

/** Undefined when it says what cannot be. */
export function readEntry(bytes: Buffer, at: number): JournalEntry | undefined {
  const [open, spent] = [bytes.readDoubleLE(at + 12), bytes.readDoubleLE(at + 20)];
  const kind = bytes.readInt32LE(at + 8);
  if (!Number.isInteger(open) || !Number.isInteger(spent) || !isKind(kind)) return undefined;
  return { high: bytes.readInt32LE(at), low: bytes.readInt32LE(at + 4), kind, open, spent };
}
