/** What a call would be recorded as, should nothing more be heard of it. */
export interface CallNote {
  /** The call's number, as `BudgetLedger.newCall` gave it. */
  readonly call: number;
  /** The call is over, and this is its record. */
  readonly final: boolean;
  /** As it is recorded: ASCII, with its newline. */
  readonly line: string;
}

/** Where lines of calls that are over go. A `RecordBatcher` is one. */
export interface RecordSink {
  /** Answers the line's number, which is higher than that of all lines before. */
  add(line: string): number;
  /** Lines up to this number are kept for good, or given up. */
  readonly written: number;
}

/** In front of the line: f64 call, u32 length of the line, u8 whether it is final. */
const HEAD_BYTES = 13;

export function noteBytes({ line }: CallNote): number {
  return HEAD_BYTES + line.length;
}

/** Where the note ends. */
export function writeNote(bytes: Buffer, at: number, { call, final, line }: CallNote): number {
  bytes.writeDoubleLE(call, at);
  bytes.writeUInt32LE(line.length, at + 8);
  bytes[at + 12] = final ? 1 : 0;
  return at + HEAD_BYTES + bytes.write(line, at + HEAD_BYTES, 'latin1');
}

/** Notes that stand one behind the other; undefined for anything else. */
export function readNotes(bytes: Buffer): CallNote[] | undefined {
  const notes: CallNote[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + HEAD_BYTES > bytes.length) return undefined;
    const end = at + HEAD_BYTES + bytes.readUInt32LE(at + 8);
    if (end > bytes.length) return undefined;
    const line = bytes.toString('latin1', at + HEAD_BYTES, end);
    notes.push({ call: bytes.readDoubleLE(at), final: bytes[at + 12] === 1, line });
    at = end;
  }
  return notes;
}
