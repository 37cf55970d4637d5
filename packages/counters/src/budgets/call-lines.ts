import type { CallNote, RecordSink } from './call-note.ts';

interface Ended {
  readonly note: CallNote;
  /** The recorder's. */
  readonly number: number;
}

/** What one thread's journal says of calls and nobody else does yet: calls under way, and records that are on their way. */
export class CallLines {
  readonly #records: RecordSink;
  readonly #open = new Map<number, CallNote>();
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

  /** They stand in the journal. Calls that are over are recorded only now, so that no record is there and not here. */
  written(notes: readonly CallNote[]): void {
    for (const note of notes) {
      if (note.final) {
        this.#open.delete(note.call);
        this.#ended.push({ note, number: this.#records.add(note.line) });
        this.#finals++;
      } else this.#open.set(note.call, note);
    }
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

  /** What a new file begins with, so that nobody has to look into the one before. */
  carried(): readonly CallNote[] {
    this.recorded();
    return [...this.#open.values(), ...this.#ended.map(({ note }) => note)];
  }

  /** The new file has begun. */
  moved(): void {
    this.#recorded = 0;
    this.#finals = this.#ended.length;
  }
}
