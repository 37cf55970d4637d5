import { slot } from '@gatehouse/kernel';

/**
 * What a consumer may do with an event follows from its kind: `data` has a non-empty data field; `comment` has comments
 * or nothing and keeps a connection alive; `empty` has fields but no data, and official SDKs die of it.
 */
export type SseEventKind = 'data' | 'comment' | 'empty';

/** A view of one event in the bytes that arrived. */
export class SseEvent {
  /** Ended by its blank line; false only for the rest of a body that ended without one. */
  terminated = true;
  /** The first event of its body, where a byte order mark may stand. */
  first = true;
  kind: SseEventKind = 'comment';
  /** The data field is `dataBytes[dataStart, dataEnd)`; several data lines are joined with LF. */
  dataBytes: Buffer = EMPTY;
  dataStart = 0;
  dataEnd = 0;
  #dataLines = 0;
  #bytes: Buffer = EMPTY;
  #start = 0;
  #end = 0;

  /** The event as it arrived, with its comments and its line ends. */
  get raw(): Buffer {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** The data field as text; '' when there is none. */
  get data(): string {
    return this.dataBytes.toString('utf8', this.dataStart, this.dataEnd);
  }

  load(bytes: Buffer, { start, end, lines }: { start: number; end: number; lines: number }): void {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#dataLines = 0;
    this.dataStart = this.dataEnd = 0;
    let fields = true;
    if (lines === 1 && isDataLine(bytes, start, end)) this.#addLine(start, textEnd(bytes, start, end));
    else fields = this.#readLines();
    if (this.dataEnd > this.dataStart) this.kind = 'data';
    else this.kind = fields ? 'empty' : 'comment';
  }

  /** The general case; the usual event, a single data line, does not come here. Answers whether there is any field. */
  #readLines(): boolean {
    const lineEnds = new LineEnds(this.#bytes, this.#end);
    let fields = false;
    let at = this.#start;
    if (this.first && startsWith(this.raw, 0, BYTE_ORDER_MARK)) at += BYTE_ORDER_MARK.length;
    while (at < this.#end) {
      const lineEnd = lineEnds.next(at);
      if (isDataLine(this.#bytes, at, lineEnd)) this.#addLine(at, lineEnd);
      if (lineEnd > at && slot(this.#bytes, at) !== COLON) fields = true;
      at = lineEnd + 1;
    }
    return fields;
  }

  /** The first data line is read where it lies; a second one makes a joined copy. */
  #addLine(lineStart: number, end: number): void {
    let start = Math.min(lineStart + 5, end);
    if (start < end && slot(this.#bytes, start) === SPACE) start++;
    this.#dataLines++;
    if (this.#dataLines === 1) {
      this.dataBytes = this.#bytes;
      this.dataStart = start;
      this.dataEnd = end;
      return;
    }
    if (this.#dataLines === 2) {
      const joined = Buffer.allocUnsafe(this.#end - this.#start);
      this.dataEnd = this.dataBytes.copy(joined, 0, this.dataStart, this.dataEnd);
      this.dataStart = 0;
      this.dataBytes = joined;
    }
    this.dataBytes[this.dataEnd++] = LF;
    this.dataEnd += this.#bytes.copy(this.dataBytes, this.dataEnd, start, end);
  }
}

/** Both searches remember their last hit, so that each byte is looked at once for each kind of line end. */
export class LineEnds {
  readonly #bytes: Buffer;
  readonly #end: number;
  #lf = -1;
  #cr = -1;

  constructor(bytes: Buffer, end: number) {
    // The native search has no upper bound: without the cut it would run through all that lies behind `end`.
    this.#bytes = end === bytes.length ? bytes : bytes.subarray(0, end);
    this.#end = end;
  }

  /** Index of the first LF or CR at or behind `at`, which only grows; the end when there is none. */
  next(at: number): number {
    if (this.#lf < at) this.#lf = this.#find(LF, at);
    if (this.#cr < at) this.#cr = this.#find(CR, at);
    return Math.min(this.#lf, this.#cr);
  }

  #find(byte: number, at: number): number {
    const index = this.#bytes.indexOf(byte, at);
    return index < 0 ? this.#end : index;
  }
}

export const LF = 0x0a;
export const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const EMPTY = Buffer.alloc(0);
const DATA_NAME = Buffer.from('data');
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** `data` alone is a data line without a value. What lies behind `end` may be left over from an earlier event. */
function isDataLine(bytes: Buffer, at: number, end: number): boolean {
  return startsWith(bytes, at, DATA_NAME) && end >= at + 4 && (end === at + 4 || slot(bytes, at + 4) === COLON);
}

function startsWith(bytes: Buffer, at: number, prefix: Buffer): boolean {
  for (let i = 0; i < prefix.length; i++) if (slot(bytes, at + i) !== slot(prefix, i)) return false;
  return true;
}

function textEnd(bytes: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && (slot(bytes, at - 1) === LF || slot(bytes, at - 1) === CR)) at--;
  return at;
}
