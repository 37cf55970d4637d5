import { crc32 } from 'node:zlib';
import { noteBytes, readNotes, writeNote, type CallNote } from './call-note.ts';
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
/** Another layout takes another number. Its bytes are in no line, which are ASCII. */
const MAGIC = 0xf2_c5_9b_e7;
const SUMMED_FROM = 8;

export function frameBytes({ entries, notes }: Pick<JournalFrame, 'entries' | 'notes'>): number {
  return notesAt(entries.length) + notes.reduce((sum, note) => sum + noteBytes(note), 0);
}

/** Where in a frame the notes begin. */
export function notesAt(entries: number): number {
  return FRAME_HEAD_BYTES + entries * ENTRY_BYTES;
}

/** Where the frame ends. */
export function writeFrame(bytes: Buffer, from: number, { entries, notes, head }: JournalFrame): number {
  let at = from + FRAME_HEAD_BYTES;
  for (const entry of entries) {
    writeEntry(bytes, at, entry);
    at += ENTRY_BYTES;
  }
  for (const note of notes) at = writeNote(bytes, at, note);
  sealFrame(bytes, { from, end: at, entries: entries.length, head });
  return at;
}

interface Seal {
  readonly from: number;
  readonly end: number;
  readonly entries: number;
  readonly head: FrameHead;
}

/** Writes what stands in front of entries and notes that are there already. */
export function sealFrame(bytes: Buffer, { from, end, entries, head }: Seal): void {
  bytes.writeUInt32LE(MAGIC, from);
  bytes.writeUInt32LE(end - from, from + 8);
  bytes.writeUInt32LE(entries, from + 12);
  bytes.writeDoubleLE(head.writtenMs, from + 16);
  bytes.writeUInt32LE(head.finals, from + 24);
  bytes.writeUInt32LE(head.recorded, from + 28);
  bytes.writeUInt32LE(head.continues, from + 32);
  bytes.writeUInt32LE(crc32(bytes.subarray(from + SUMMED_FROM, end)), from + 4);
}

export interface ReadFrame {
  readonly entries: readonly JournalEntry[];
  readonly head: FrameHead;
  /** Read when asked for: most who read a journal want its sums only. */
  readonly notes: () => readonly CallNote[];
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
  const entriesEnd = notesAt(count);
  if (entriesEnd > bytes.length) return undefined;
  const entries: JournalEntry[] = [];
  for (let at = FRAME_HEAD_BYTES; at < entriesEnd; at += ENTRY_BYTES) {
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
  if (!Number.isFinite(head.writtenMs)) return undefined;
  return { entries, head, notes: () => readNotes(bytes.subarray(entriesEnd)) ?? [] };
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
