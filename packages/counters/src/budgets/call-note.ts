/** What a call would be recorded as, should nothing more be heard of it. */
export interface CallNote {
  /** The call's number, as `BudgetLedger.newCall` gave it. */
  readonly call: number;
  /** The call is over, and this is its record. */
  readonly final: boolean;
  /** As it is recorded: ASCII, with its newline and no other. */
  readonly line: string;
}

/** Where lines of calls that are over go. A `RecordBatcher` is one. */
export interface RecordSink {
  /** Answers the line's number, which is higher than that of all lines before. */
  add(line: string): number;
  /** Lines up to this number are kept for good, or given up. */
  readonly written: number;
}

const FINAL = 'f';
const OPEN = 'o';
/** Of the number, the letter and two spaces. */
const PREFIX_BYTES_MAX = 20;

export function noteBytesMax({ line }: CallNote): number {
  return PREFIX_BYTES_MAX + line.length;
}

/** Where the note ends. */
export function writeNote(bytes: Buffer, at: number, { call, final, line }: CallNote): number {
  const textAt = at + bytes.write(`${call} ${final ? FINAL : OPEN} `, at, 'latin1');
  return textAt + bytes.write(line, textAt, 'latin1');
}

/** Notes that stand one behind the other. What is none is left out. */
export function readNotes(bytes: Buffer): CallNote[] {
  return bytes
    .toString('latin1')
    .split('\n')
    .flatMap((text): CallNote[] => {
      const [, call, letter, line] = /^(\d{1,16}) ([fo]) (.+)$/.exec(text) ?? [];
      if (call === undefined || line === undefined) return [];
      return [{ call: Number(call), final: letter === FINAL, line: `${line}\n` }];
    });
}
