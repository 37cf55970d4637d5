import { noteBytes, type CallNote, type RecordSink } from './call-note.ts';

/** Where in the file a note stands. Not the note itself: as a string it would survive scavenge after scavenge. */
export interface NotePlace {
  at: number;
  readonly bytes: number;
}

interface Ended {
  readonly place: NotePlace;
  /** The recorder's. */
  readonly number: number;
}

/** What one thread's journal says of calls and nobody else does yet: calls under way, and records that are on their way. */
export class CallLines {
  readonly #records: RecordSink;
  readonly #open = new Map<number, NotePlace>();
  /** Not recorded yet, in the order of the file. */
  #ended: Ended[] = [];
  #recorded = 0;
  #finals = 0;

  constructor(records: RecordSink) {
    this.#records = records;
  }

  /** Whether the journal says of this call that it is under way. */
  isOpen(call: number): boolean {
    return this.#open.has(call);
  }

  /** It stands in the journal. A call that is over is recorded only now, so that no record is there and not here. */
  written(note: CallNote, at: number): void {
    const place = { at, bytes: noteBytes(note) };
    if (note.final) {
      this.#open.delete(note.call);
      this.#ended.push({ place, number: this.#records.add(note.line) });
      this.#finals++;
    } else this.#open.set(note.call, place);
  }

  /** Final notes in the file so far. */
  get finals(): number {
    return this.#finals;
  }

  /** How many of them are recorded by now. */
  recorded(): number {
    const { written } = this.#records;
    const waiting = this.#ended.findIndex(({ number }) => number > written);
    const done = waiting < 0 ? this.#ended.length : waiting;
    if (done > 0) this.#ended = this.#ended.slice(done);
    this.#recorded += done;
    return this.#recorded;
  }

  forget(): void {
    this.#open.clear();
    this.#ended = [];
  }

  /** What a new file begins with, so that nobody has to look into the one before. */
  carried(): readonly NotePlace[] {
    this.recorded();
    return [...this.#open.values(), ...this.#ended.map(({ place }) => place)];
  }

  /** The new file has begun, and what was carried stands there from here on. */
  moved(carried: readonly NotePlace[], at: number): void {
    let next = at;
    for (const place of carried) {
      place.at = next;
      next += place.bytes;
    }
    this.#recorded = 0;
    this.#finals = this.#ended.length;
  }
}
