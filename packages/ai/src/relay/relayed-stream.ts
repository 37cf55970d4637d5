import { GatehouseError } from '@gatehouse/kernel';
import type { CallerError, StreamReader, StreamWriter, Unfit, WireRecord } from '../canonical/dialect.ts';
import type { StreamEvent } from '../canonical/stream-event.ts';
import { createFraming, type Framing } from '../framing/framing.ts';
import { brokenFraming, isTorn } from '../framing/record-bytes.ts';
import type { FramingName } from '../canonical/dialect.ts';
import type { GuardedCall } from '../guards/guarded-call.ts';
import type { ProviderError } from '../provider-error.ts';
import type { AnswerTap, StreamEnd, StreamRelay } from './relay.ts';
import { StreamFacts } from './stream-facts.ts';
import { StreamGuard } from './stream-guard.ts';

export interface StreamPlan {
  readonly framing: FramingName;
  readonly reader: StreamReader;
  readonly writer: StreamWriter;
  /** The dialects are the same: records go on as they are, and the reader only learns from them. */
  readonly untouched: boolean;
  readonly tap: AnswerTap | undefined;
  /** They read what comes; then it is never `untouched`. */
  readonly guards: GuardedCall | undefined;
}

/** A provider's stream on its way to the caller, as it stands or written anew in the caller's dialect. */
export class RelayedStream implements StreamRelay {
  readonly #facts = new StreamFacts();
  readonly #plan: StreamPlan;
  readonly #guard: StreamGuard | undefined;
  readonly #framing: Framing;
  readonly #out: (bytes: Buffer) => void;
  readonly #emit = (event: StreamEvent): void => this.#onEvent(event);
  /** The reader has made something of the record that it reads. */
  #heard = false;

  constructor(plan: StreamPlan, out: (bytes: Buffer) => void) {
    this.#plan = plan;
    this.#guard = plan.guards && new StreamGuard(plan.guards);
    this.#out = out;
    this.#framing = createFraming(plan.framing, (record) => this.#onRecord(record));
  }

  get tokenSeen(): boolean {
    return this.#facts.tokenSeen;
  }

  get unfit(): Unfit | undefined {
    return this.#plan.writer.unfit;
  }

  get model(): string | undefined {
    return this.#facts.model;
  }

  get error(): ProviderError | undefined {
    return this.#facts.error;
  }

  get blocked(): boolean {
    return this.#guard?.blocked ?? false;
  }

  get withheld(): boolean {
    return this.#guard !== undefined && !this.#guard.shows;
  }

  push(bytes: Buffer, start: number, end: number): boolean {
    try {
      this.#framing.push(bytes, start, end);
      return true;
    } catch (error) {
      if (error instanceof GatehouseError) return false;
      throw error;
    }
  }

  end(): StreamEnd {
    this.#framing.end();
    if (!this.#facts.over && !this.blocked) this.#plan.reader.end(this.#emit);
    const end = this.#facts.end();
    if (!end.complete) this.#passAll(this.#guard?.flush() ?? []);
    return end;
  }

  get judged(): (() => Promise<void>) | undefined {
    const guard = this.#guard;
    return guard?.gathers === true ? async () => this.#passAll(await guard.judged()) : undefined;
  }

  soFar(): StreamEnd {
    return this.#facts.end();
  }

  fail(error: CallerError): Buffer {
    return bytesOf(this.#plan.writer.fail(error));
  }

  #onRecord(record: WireRecord): void {
    if (this.#facts.over || this.blocked) return;
    const { reader, writer, untouched } = this.#plan;
    // An error that a server did not put into an event comes without data.
    const silent = record.data === '' && record.type === '' && record.raw[0] !== BRACE_OPEN;
    if (!silent) this.#read(reader, record);
    // The rest of a record that was cut off is none, and callers' SDKs die of it.
    if (untouched && record.complete && this.#facts.error === undefined) this.#out(record.raw);
    else if (!untouched && silent && this.#guard?.gathers !== true) this.#say(writer.keepAlive());
  }

  /** Half of a record may have held a part of the answer: what follows it must not look as if nothing were missing. */
  #read(reader: StreamReader, record: WireRecord): void {
    this.#heard = false;
    reader.read(record, this.#emit);
    if (!this.#heard && record.complete && isTorn(record.data)) throw brokenFraming('a record is half of one');
  }

  #onEvent(event: StreamEvent): void {
    this.#heard = true;
    if (this.#facts.over || this.blocked) return;
    this.#facts.note(event);
    if (this.#guard === undefined) this.#pass(event);
    else this.#passAll(this.#guard.push(event));
  }

  #passAll(events: readonly StreamEvent[]): void {
    for (const event of events) this.#pass(event);
  }

  #pass(event: StreamEvent): void {
    this.#plan.tap?.onEvent(event);
    if (!this.#plan.untouched && event.t !== 'error') this.#say(this.#plan.writer.write(event));
  }

  #say(what: string | Buffer): void {
    if (what.length > 0) this.#out(bytesOf(what));
  }
}

const BRACE_OPEN = 0x7b;

function bytesOf(what: string | Buffer): Buffer {
  return typeof what === 'string' ? Buffer.from(what) : what;
}
