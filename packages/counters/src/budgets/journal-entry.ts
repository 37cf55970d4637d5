import { isKind } from './budget-period.ts';
import type { BudgetPlace } from './budget-place.ts';

/**
 * What one line of a journal says about an account: a reservation opens an amount, its end closes the same amount and
 * says what was spent. So an account is the sum of its lines, in whatever order and from whatever files they are read.
 */
export interface JournalEntry extends BudgetPlace {
  readonly open: number;
  readonly spent: number;
}

/**
 * Bytes of a line: u32 CRC-32 of what follows, i32 high, i32 low, i32 kind, f64 open, f64 spent; little-endian. All are
 * of one length, which divides a page: the system can cut a write short at the end of a page, but never a line, and a
 * reader goes on behind a damaged one.
 */
export const ENTRY_BYTES = 32;

/** Another layout takes another number, and then no old line is sound. */
const VERSION = 1;

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** Not zlib's: the call costs twice as much as 28 steps here. */
function checksum(bytes: Uint8Array, at: number): number {
  let crc = ~VERSION;
  for (let index = at + 4; index < at + ENTRY_BYTES; index++)
    crc = (CRC_TABLE[(crc ^ (bytes[index] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc;
}

export function writeEntry(bytes: Buffer, at: number, entry: JournalEntry): void {
  bytes.writeInt32LE(entry.high, at + 4);
  bytes.writeInt32LE(entry.low, at + 8);
  bytes.writeInt32LE(entry.kind, at + 12);
  bytes.writeDoubleLE(entry.open, at + 16);
  bytes.writeDoubleLE(entry.spent, at + 24);
  bytes.writeInt32LE(checksum(bytes, at), at);
}

/** Undefined when the line is damaged. */
export function readEntry(bytes: Buffer, at: number): JournalEntry | undefined {
  if (at + ENTRY_BYTES > bytes.length || bytes.readInt32LE(at) !== checksum(bytes, at)) return undefined;
  const [open, spent] = [bytes.readDoubleLE(at + 16), bytes.readDoubleLE(at + 24)];
  const kind = bytes.readInt32LE(at + 12);
  if (!Number.isInteger(open) || !Number.isInteger(spent) || !isKind(kind)) return undefined;
  return { high: bytes.readInt32LE(at + 4), low: bytes.readInt32LE(at + 8), kind, open, spent };
}
