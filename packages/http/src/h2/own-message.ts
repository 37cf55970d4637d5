import { GatehouseError } from '@gatehouse/kernel';
import { latin1 } from '../latin1.ts';

/** A head that the gate has written in HTTP/1.1, taken apart for HTTP/2. */
export interface OwnHead {
  /** Request line or status line. */
  readonly line: string;
  /** Names in lower case and values in turn, without `host` and all that belongs to a connection (RFC 9113 §8.2.2). */
  readonly fields: readonly string[];
  readonly host: string;
  /** The token of `upgrade`, or ''. */
  readonly upgrade: string;
  /** Bytes of the body; -1 where no field says so. */
  readonly length: number;
  /** The end of the body is told where it comes. */
  readonly chunked: boolean;
}

/** `again`: an interim head, another follows. `raw`: no message any more, bytes as they come. */
export type OwnBody = 'none' | 'body' | 'again' | 'raw';

export interface OwnMessageSink {
  /** Answers what follows the head. */
  onOwnHead(head: OwnHead): OwnBody;
  /** Bytes that nobody else changes. */
  onOwnData(bytes: Buffer): void;
  /** Names and values in turn. */
  onOwnEnd(trailers: readonly string[]): void;
}

const HEAD = 0;
const LENGTH = 1;
const CHUNK_SIZE = 2;
const CHUNK = 3;
const CHUNK_END = 4;
const TRAILERS = 5;
const RAW = 6;
const DONE = 7;

const OF_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'host',
  'http2-settings',
]);

/**
 * Reads what the gate itself writes in HTTP/1.1, piece by piece, so that HTTP/2 can frame it anew. It judges nothing:
 * what it cannot read is a defect of ours. Pieces of a body are copied once, and not at all where they last.
 */
export class OwnMessage {
  readonly #sink: OwnMessageSink;
  #state = HEAD;
  #held = '';
  #left = 0;

  constructor(sink: OwnMessageSink) {
    this.#sink = sink;
  }

  get complete(): boolean {
    return this.#state === DONE;
  }

  get raw(): boolean {
    return this.#state === RAW;
  }

  text(text: string): void {
    let rest = this.#held + text;
    this.#held = '';
    while (rest !== '') {
      const taken = this.#take(rest);
      if (taken === 0) {
        this.#held = rest;
        return;
      }
      rest = rest.slice(taken);
    }
  }

  /** `lasting`: nobody changes the bytes any more. */
  bytes(bytes: Buffer, range: { readonly start: number; readonly end: number }, lasting: boolean): void {
    const { start, end } = range;
    if (start === end) return;
    const whole = this.#state === RAW || (this.#open && end - start <= this.#left);
    if (!whole) {
      this.text(latin1(bytes, start, end));
      return;
    }
    const piece = bytes.subarray(start, end);
    this.#data(lasting ? piece : Buffer.from(piece));
  }

  get #open(): boolean {
    return this.#state === LENGTH || this.#state === CHUNK;
  }

  /** Returns how many characters it could use. */
  #take(text: string): number {
    if (this.#state === HEAD) return this.#head(text);
    if (this.#state === CHUNK_SIZE) return this.#chunkSize(text);
    if (this.#state === CHUNK_END) return this.#chunkEnd(text);
    if (this.#state === TRAILERS) return this.#trailers(text);
    if (this.#state === DONE) throw defect('a message goes on behind its end');
    const count = this.#state === RAW ? text.length : Math.min(text.length, this.#left);
    this.#data(Buffer.from(text.slice(0, count), 'latin1'));
    return count;
  }

  #data(bytes: Buffer): void {
    if (this.#state !== RAW) this.#left -= bytes.length;
    this.#sink.onOwnData(bytes);
    if (this.#left > 0 || this.#state === RAW) return;
    if (this.#state === CHUNK) this.#state = CHUNK_END;
    else this.#end([]);
  }

  #head(text: string): number {
    const stop = text.indexOf('\r\n\r\n');
    if (stop < 0) return 0;
    const head = readHead(text.slice(0, stop));
    const body = this.#sink.onOwnHead(head);
    if (body === 'raw') this.#state = RAW;
    else if (body === 'none') this.#end([]);
    else if (body === 'body') this.#begin(head);
    return stop + 4;
  }

  #begin(head: OwnHead): void {
    if (head.chunked) this.#state = CHUNK_SIZE;
    else if (head.length < 0) throw defect('a body without an end');
    else if (head.length === 0) this.#end([]);
    else {
      this.#state = LENGTH;
      this.#left = head.length;
    }
  }

  #chunkSize(text: string): number {
    const stop = text.indexOf('\r\n');
    if (stop < 0) return 0;
    this.#left = Number.parseInt(text.slice(0, stop), 16);
    if (!(this.#left >= 0)) throw defect('a chunk without a size');
    this.#state = this.#left === 0 ? TRAILERS : CHUNK;
    return stop + 2;
  }

  #chunkEnd(text: string): number {
    if (text.length < 2) return 0;
    if (!text.startsWith('\r\n')) throw defect('a chunk of another size');
    this.#state = CHUNK_SIZE;
    return 2;
  }

  #trailers(text: string): number {
    if (text.startsWith('\r\n')) {
      this.#end([]);
      return 2;
    }
    const stop = text.indexOf('\r\n\r\n');
    if (stop < 0) return 0;
    const trailers: string[] = [];
    for (const line of text.slice(0, stop).split('\r\n')) trailers.push(...fieldOf(line));
    this.#end(trailers);
    return stop + 4;
  }

  #end(trailers: readonly string[]): void {
    this.#state = DONE;
    this.#sink.onOwnEnd(trailers);
  }
}

function readHead(text: string): OwnHead {
  const [line = '', ...lines] = text.split('\r\n');
  const fields: string[] = [];
  let host = '';
  let upgrade = '';
  let length = -1;
  let chunked = false;
  for (const each of lines) {
    const [name, value] = fieldOf(each);
    if (name === 'content-length') length = Number(value);
    else if (name === 'transfer-encoding') chunked = true;
    else if (name === 'host') host = value;
    else if (name === 'upgrade') upgrade = value;
    // Of all the codings that TE may name, HTTP/2 has trailers alone (RFC 9113 §8.2.2).
    if (!OF_CONNECTION.has(name) && (name !== 'te' || value === 'trailers')) fields.push(name, value);
  }
  return { line, fields, host, upgrade, length, chunked };
}

function fieldOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  if (colon <= 0) throw defect('a line without a name');
  return [line.slice(0, colon).trimEnd().toLowerCase(), line.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, '')];
}

function defect(detail: string): GatehouseError {
  return new GatehouseError('gateway.internal', `what the gate wrote is no message: ${detail}`);
}
