import { crc32 } from 'node:zlib';
import { noteBytesMax, writeNote, type CallNote } from './call-note.ts';
import { ENTRY_BYTES, readEntry, writeEntry, type JournalEntry } from './journal-entry.ts';

/** What is written to a journal in one piece: of a frame that was cut short, nothing counts. */
export interface JournalFrame {
  readonly entries: readonly JournalEntry[];
  readonly notes: readonly CallNote[];
  readonly head: FrameHead;
}

export interface FrameHead {
  /** Wall clock, ms since the epoch. */
  readonly writtenMs: number;
  /** Number of final notes in this file in front of this frame. */
  readonly finals: number;
  /** So many of them are known to be recorded. */
  readonly recorded: number;
  /** The file before this one by the same thread, of which all notes that matter are repeated here; 0: none. */
  readonly continues: number;
}

/**
 * Bytes of a frame: u32 magic, u32 CRC-32 of all that follows, u32 length of the frame, u32 number of entries, f64
 * `writtenMs`, u32 `finals`, u32 `recorded`, u32 `continues`; entries; notes. Little-endian.
 */
export const FRAME_HEAD_BYTES = 36;
/** Its high bytes are in no note, which are ASCII. Another layout takes another number. */
const MAGIC = 0xf2_c5_9b_e7;
const SUMMED_FROM = 8;

export function frameBytesMax({ entries, notes }: Pick<JournalFrame, 'entries' | 'notes'>): number {
  return FRAME_HEAD_BYTES + entries.length * ENTRY_BYTES + notes.reduce((sum, note) => sum + noteBytesMax(note), 0);
}

/** Where the frame ends. */
export function writeFrame(bytes: Buffer, from: number, { entries, notes, head }: JournalFrame): number {
  let at = from + FRAME_HEAD_BYTES;
  for (const entry of entries) {
    writeEntry(bytes, at, entry);
    at += ENTRY_BYTES;
  }
  for (const note of notes) at = writeNote(bytes, at, note);
  bytes.writeUInt32LE(MAGIC, from);
  bytes.writeUInt32LE(at - from, from + 8);
  bytes.writeUInt32LE(entries.length, from + 12);
  bytes.writeDoubleLE(head.writtenMs, from + 16);
  bytes.writeUInt32LE(head.finals, from + 24);
  bytes.writeUInt32LE(head.recorded, from + 28);
  bytes.writeUInt32LE(head.continues, from + 32);
  bytes.writeUInt32LE(crc32(bytes.subarray(from + SUMMED_FROM, at)), from + 4);
  return at;
}

export interface ReadFrame {
  readonly entries: readonly JournalEntry[];
  /** To be read with `readNotes`: most who read a journal want its sums only. */
  readonly notes: Buffer;
  readonly head: FrameHead;
}

export interface FramesRead {
  readonly frames: readonly ReadFrame[];
  /** Holes: runs of bytes that are not what was written. What is left of a frame that the end cut short is none. */
  readonly damaged: number;
}

export function readFrames(bytes: Buffer): FramesRead {
  const frames: ReadFrame[] = [];
  let damaged = 0;
  for (let at = 0; at < bytes.length;) {
    const length = frameLength(bytes, at);
    const frame = length === undefined ? undefined : readFrame(bytes.subarray(at, at + length));
    if (frame !== undefined && length !== undefined) {
      frames.push(frame);
      at += length;
      continue;
    }
    const next = nextFrame(bytes, at + 1);
    if (next < bytes.length || !isCutShort(bytes.subarray(at))) damaged++;
    at = next;
  }
  return { frames, damaged };
}

/** Of a sound frame at this place. */
function frameLength(bytes: Buffer, at: number): number | undefined {
  if (at + FRAME_HEAD_BYTES > bytes.length || bytes.readUInt32LE(at) !== MAGIC) return undefined;
  const length = bytes.readUInt32LE(at + 8);
  if (length < FRAME_HEAD_BYTES || at + length > bytes.length) return undefined;
  const sum = crc32(bytes.subarray(at + SUMMED_FROM, at + length));
  return sum === bytes.readUInt32LE(at + 4) ? length : undefined;
}

/** Of bytes whose sum is right; undefined where they say what cannot be all the same. */
function readFrame(bytes: Buffer): ReadFrame | undefined {
  const count = bytes.readUInt32LE(12);
  const notesAt = FRAME_HEAD_BYTES + count * ENTRY_BYTES;
  if (notesAt > bytes.length) return undefined;
  const entries: JournalEntry[] = [];
  for (let at = FRAME_HEAD_BYTES; at < notesAt; at += ENTRY_BYTES) {
    const entry = readEntry(bytes, at);
    if (entry === undefined) return undefined;
    entries.push(entry);
  }
  const head = {
    writtenMs: bytes.readDoubleLE(16),
    finals: bytes.readUInt32LE(24),
    recorded: bytes.readUInt32LE(28),
    continues: bytes.readUInt32LE(32),
  };
  return Number.isFinite(head.writtenMs) ? { entries, notes: bytes.subarray(notesAt), head } : undefined;
}

const MAGIC_BYTES = Buffer.alloc(4);
MAGIC_BYTES.writeUInt32LE(MAGIC);

/** Where the next sound frame begins, or else the end. */
function nextFrame(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(MAGIC_BYTES, from); at >= 0; at = bytes.indexOf(MAGIC_BYTES, at + 1))
    if (frameLength(bytes, at) !== undefined) return at;
  return bytes.length;
}

function isCutShort(rest: Buffer): boolean {
  const begun = MAGIC_BYTES.subarray(0, rest.length);
  if (!rest.subarray(0, begun.length).equals(begun)) return false;
  return rest.length < 12 || rest.readUInt32LE(8) > rest.length;
}
