import type { Http2Stream } from 'node:http2';
import { guarded, type Transport, type Wire, type WireEvents } from '../wire.ts';
import { OwnMessage, type OwnBody, type OwnHead, type OwnMessageSink } from './own-message.ts';

export const CODE = {
  none: 0,
  protocol: 1,
  internal: 2,
  refused: 7,
  cancel: 8,
  calm: 11,
} as const;

/** Bytes of a stream that have come to their end, in the order in which the connection hears of them. */
export interface StreamReader {
  deliverBody(bytes: Buffer): void;
  deliverEnd(): void;
}

/**
 * One stream of a session as a wire: what is written in HTTP/1.1 leaves in frames. It gathers until `flush`, so that a
 * head and a short body are one write, and a reply whose end is known needs no frame for it.
 */
export abstract class StreamWire implements Wire, OwnMessageSink {
  readonly socket: Transport;
  readonly http2 = true;
  readonly events: WireEvents;
  protected stream: Http2Stream | undefined;
  protected readonly message: OwnMessage;
  /** Of what was said; leaves with the next flush. */
  protected head: OwnHead | undefined;
  protected trailers: readonly string[] = [];
  #pieces: Buffer[] = [];
  #gathered = 0;
  #written = 0;
  #headSent = false;
  #endSent = false;
  #paused = true;
  #full = false;
  #gone = false;
  #ours = false;
  #taken: (() => void) | undefined;
  readonly #closed: (() => void)[] = [];

  constructor(socket: Transport, events: WireEvents) {
    this.socket = socket;
    this.events = events;
    this.message = new OwnMessage(this);
  }

  abstract onOwnHead(head: OwnHead): OwnBody;
  /** `ended`: nothing follows it. */
  protected abstract sendHead(head: OwnHead, ended: boolean): void;
  /** What a stream is reset with whose message is not whole. */
  protected abstract readonly brokenCode: number;

  protected listen(stream: Http2Stream, reader: StreamReader): void {
    const { events } = this;
    this.stream = stream;
    stream.pause();
    stream.on('data', (bytes: Buffer) => guarded(events, () => reader.deliverBody(bytes)));
    stream.on('end', () => guarded(events, () => reader.deliverEnd()));
    stream.on('drain', () => guarded(events, () => this.#drained()));
    stream.on('finish', () => guarded(events, () => this.#drained()));
    stream.on('wantTrailers', () => guarded(events, () => this.#sendTrailers(stream)));
    let failure: Error | undefined;
    stream.on('error', (error: Error) => (failure = error));
    stream.on('close', () => guarded(events, () => this.leave(failure)));
  }

  /** The stream has closed, or there will be none. */
  protected leave(error: Error | undefined): void {
    if (this.#gone) return;
    this.#gone = true;
    this.onLeft();
    this.#pieces = [];
    this.#gathered = 0;
    this.events.onClose(error);
    for (const closed of this.#closed) closed();
  }

  #sendTrailers(stream: Http2Stream): void {
    const trailers: Record<string, string[]> = {};
    for (let i = 0; i < this.trailers.length; i += 2) {
      (trailers[this.trailers[i] ?? ''] ??= []).push(this.trailers[i + 1] ?? '');
    }
    if (!stream.closed) stream.sendTrailers(trailers);
  }

  #drained(): void {
    this.#full = false;
    this.#taken?.();
    this.events.onDrain();
  }

  text(text: string): void {
    if (!this.#gone) this.message.text(text);
  }

  bytes(bytes: Buffer, start: number, end: number): void {
    if (!this.#gone) this.message.bytes(bytes, { start, end }, false);
  }

  lasting(bytes: Buffer): void {
    if (!this.#gone) this.message.bytes(bytes, { start: 0, end: bytes.length }, true);
  }

  onOwnData(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#gathered += bytes.length;
  }

  onOwnEnd(trailers: readonly string[]): void {
    this.trailers = trailers;
  }

  flush(): boolean {
    if (!this.#gone) this.send();
    return !this.#full;
  }

  /** Whether the stream may be written to. */
  protected get open(): boolean {
    return this.stream !== undefined && !this.stream.destroyed && !this.stream.closed;
  }

  protected send(): void {
    const { head, message } = this;
    if (!this.#headSent && head !== undefined) {
      this.#headSent = true;
      const ended = message.complete && this.#gathered === 0 && this.trailers.length === 0;
      this.sendHead(head, ended);
      this.#endSent = ended;
    }
    if (this.#headSent && this.open) this.#sendBody();
  }

  #sendBody(): void {
    const pieces = this.#pieces;
    const [first] = pieces;
    if (first !== undefined) {
      this.#pieces = [];
      this.#written += this.#gathered;
      const bytes = pieces.length === 1 ? first : Buffer.concat(pieces, this.#gathered);
      this.#gathered = 0;
      if (this.stream?.write(bytes) === false) {
        this.#full = true;
        this.onFilled();
        this.events.onFull();
      }
    }
    if (!this.message.complete || this.#endSent) return;
    this.#endSent = true;
    this.stream?.end();
  }

  /** More was written than the peer's windows take. */
  protected onFilled(): void {}

  /** We have closed it, not the peer. */
  get ours(): boolean {
    return this.#ours;
  }

  /** A stream that was reset says so itself. */
  poke(): void {}

  keepAlive(): void {}

  get full(): boolean {
    return this.#full;
  }

  get unsent(): number {
    return this.#gathered + (this.stream?.writableLength ?? 0);
  }

  get written(): number {
    return this.#written;
  }

  get gone(): boolean {
    return this.#gone || this.stream?.destroyed === true;
  }

  get paused(): boolean {
    return this.#paused;
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.stream?.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.readable) this.stream?.resume();
  }

  /** Whether bytes may be asked for yet. */
  protected get readable(): boolean {
    return true;
  }

  /**
   * A message that is not whole is reset: to end its stream would make it look so. After a whole one nothing is reset
   * yet, though no more of the request is wanted (RFC 9113 §8.1): the reset would overtake the head that still waits.
   */
  end(): void {
    this.flush();
    if (this.message.raw) this.#endRaw();
    else if (!this.message.complete) this.destroy();
  }

  #endRaw(): void {
    this.#endSent = true;
    this.stream?.end();
  }

  destroy(): void {
    const { stream } = this;
    this.#pieces = [];
    this.#gathered = 0;
    if (stream === undefined) this.leave(undefined);
    if (stream === undefined || stream.closed || stream.destroyed) return;
    this.#ours = true;
    const whole = this.#endSent && stream.writableFinished;
    stream.close(whole ? this.wholeCode : this.brokenCode);
    // Node waits for what may never come where the session is going away already.
    stream.destroy();
  }

  /** What a stream is reset with that has nothing more to say. */
  protected get wholeCode(): number {
    return CODE.none;
  }

  /** Before the connection hears that it is closed. */
  protected onLeft(): void {}

  reset(): void {
    this.destroy();
  }

  onTaken(taken: () => void): void {
    this.#taken = taken;
  }

  onceClosed(closed: () => void): void {
    this.#closed.push(closed);
  }
}
