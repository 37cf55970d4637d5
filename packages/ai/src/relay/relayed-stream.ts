import { GatehouseError } from '@gatehouse/kernel';
import type { CallerError, StreamReader, StreamWriter, WireRecord } from '../canonical/dialect.ts';
import type { StreamEvent } from '../canonical/stream-event.ts';
import { createFraming, type Framing } from '../framing/framing.ts';
import type { FramingName } from '../canonical/dialect.ts';
import type { ProviderError } from '../provider-error.ts';
import type { AnswerTap, StreamEnd, StreamRelay } from './relay.ts';
import { StreamFacts } from './stream-facts.ts';

export interface StreamPlan {
  readonly framing: FramingName;
  readonly reader: StreamReader;
  readonly writer: StreamWriter;
  /** The dialects are the same: records go on as they are, and the reader only learns from them. */
  readonly untouched: boolean;
  readonly tap: AnswerTap | undefined;
}

/** A provider's stream on its way to the caller, as it stands or written anew in the caller's dialect. */
export class RelayedStream implements StreamRelay {
  readonly #facts = new StreamFacts();
  readonly #plan: StreamPlan;
  readonly #framing: Framing;
  readonly #out: (bytes: Buffer) => void;
  readonly #emit = (event: StreamEvent): void => this.#onEvent(event);

  constructor(plan: StreamPlan, out: (bytes: Buffer) => void) {
    this.#plan = plan;
    this.#out = out;
    this.#framing = createFraming(plan.framing, (record) => this.#onRecord(record));
  }

  get tokenSeen(): boolean {
    return this.#facts.tokenSeen;
  }

  get model(): string | undefined {
    return this.#facts.model;
  }

  get error(): ProviderError | undefined {
    return this.#facts.error;
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
    if (!this.#facts.over) this.#plan.reader.end(this.#emit);
    return this.#facts.end();
  }

  soFar(): StreamEnd {
    return this.#facts.end();
  }

  fail(error: CallerError): Buffer {
    return bytesOf(this.#plan.writer.fail(error));
  }

  #onRecord(record: WireRecord): void {
    if (this.#facts.over) return;
    const { reader, writer, untouched } = this.#plan;
    // An error that a server did not put into an event comes without data.
    const silent = record.data === '' && record.type === '' && record.raw[0] !== BRACE_OPEN;
    if (!silent) reader.read(record, this.#emit);
    // The rest of a record that was cut off is none, and callers' SDKs die of it.
    if (untouched && record.complete && this.#facts.error === undefined) this.#out(record.raw);
    else if (!untouched && silent) this.#say(writer.keepAlive());
  }

  #onEvent(event: StreamEvent): void {
    if (this.#facts.over) return;
    this.#facts.note(event);
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
