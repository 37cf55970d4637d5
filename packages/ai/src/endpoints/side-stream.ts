import type { CallerError } from '../canonical/dialect.ts';
import { errorEvent } from '../dialects/openai-chat/errors.ts';
import { classifyProviderError } from '../dialects/openai-chat/provider-errors.ts';
import { writeError } from '../dialects/openai-chat/write-error.ts';
import { scanObject } from '../json-scan.ts';
import { asText } from '../loose-json.ts';
import type { ProviderError } from '../provider-error.ts';
import type { StreamEnd, StreamRelay } from '../relay/relay.ts';
import { SseSplitter } from '../sse.ts';
import type { SseEvent } from '../sse-event.ts';
import { memberOf, reportsError } from './side-reply.ts';
import type { SideRow } from './side-rows.ts';
import { readSideUsage, type SideUsage } from './side-usage.ts';

/** The event that ends a picture, a transcript or a recording; of several pictures each has its own. */
const LAST = /^(?:image_(?:generation|edit)\.completed|(?:transcript\.text|speech\.audio)\.done)$/;

/** What some servers say at the end of every stream. */
const TERMINATOR = '[DONE]';

/** A stream of events on its way to the caller as it stands. */
export class SideEvents implements StreamRelay {
  tokenSeen = false;
  model: string | undefined;
  error: ProviderError | undefined;
  readonly #row: SideRow;
  readonly #out: (bytes: Buffer) => void;
  readonly #splitter = new SseSplitter((event) => this.#onEvent(event));
  #used: SideUsage | undefined;
  #complete = false;

  constructor(row: SideRow, out: (bytes: Buffer) => void) {
    this.#row = row;
    this.#out = out;
  }

  push(bytes: Buffer, start: number, end: number): boolean {
    return this.#splitter.push(bytes, start, end);
  }

  #onEvent(event: SseEvent): void {
    // Official SDKs die of an event without data.
    if (this.error !== undefined || event.kind === 'empty') return;
    if (event.kind === 'comment' || this.#inspect(event)) this.#out(event.raw);
  }

  /** Is it for the caller? The rest of an event that was cut off is not, and neither is a failure. */
  #inspect({ dataBytes, dataStart, dataEnd, terminated }: SseEvent): boolean {
    const data = dataBytes.subarray(dataStart, dataEnd);
    const scan = scanObject(data);
    if ('problem' in scan) {
      this.#complete ||= data.toString('latin1', 0, TERMINATOR.length) === TERMINATOR;
      return terminated;
    }
    const { members } = scan;
    if (reportsError(data, members)) {
      this.error = classifyProviderError(200, data);
      return false;
    }
    this.tokenSeen = true;
    this.model ??= asText(memberOf(data, members, 'model'));
    this.#used = readSideUsage(this.#row, memberOf(data, members, 'usage')) ?? this.#used;
    this.#complete ||= LAST.test(asText(memberOf(data, members, 'type')) ?? '');
    return true;
  }

  end(): StreamEnd {
    this.#splitter.end();
    return this.soFar();
  }

  soFar(): StreamEnd {
    return {
      complete: this.#complete && this.error === undefined,
      finishReason: undefined,
      usage: this.#used?.usage,
      usageState: this.#used === undefined ? 'missing' : 'measured',
      outputTokensSeen: 0,
      extras: this.#used?.extras,
    };
  }

  fail(error: CallerError): Buffer {
    return errorEvent(writeError(error).body);
  }
}

/** Sound on its way to the caller as it comes. Where it ends is for HTTP to say; how much it was, nobody says. */
export class SideBytes implements StreamRelay {
  tokenSeen = false;
  readonly model = undefined;
  readonly error = undefined;
  readonly #out: (bytes: Buffer) => void;

  constructor(out: (bytes: Buffer) => void) {
    this.#out = out;
  }

  push(bytes: Buffer, start: number, end: number): boolean {
    if (end > start) this.tokenSeen = true;
    this.#out(bytes.subarray(start, end));
    return true;
  }

  end(): StreamEnd {
    return this.soFar();
  }

  /** A recording without a byte is none. */
  soFar(): StreamEnd {
    const complete = this.tokenSeen;
    return { complete, finishReason: undefined, usage: undefined, usageState: 'missing', outputTokensSeen: 0 };
  }

  /** Nothing can be said in sound: that the body breaks off says it. */
  fail(): Buffer {
    return Buffer.alloc(0);
  }
}
