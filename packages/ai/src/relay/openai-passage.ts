import type { CallerError } from '../canonical/dialect.ts';
import { classifyProviderError } from '../dialects/openai-chat/provider-errors.ts';
import { patchChatRequest } from '../dialects/openai-chat/patch-request.ts';
import { errorEvent } from '../dialects/openai-chat/errors.ts';
import { writeError } from '../dialects/openai-chat/write-error.ts';
import { readChatReply } from '../dialects/openai-chat/reply-reader.ts';
import type { ChatRequest } from '../dialects/openai-chat/request.ts';
import { ChatStreamReader } from '../dialects/openai-chat/stream-reader.ts';
import type { ProviderError } from '../provider-error.ts';
import { SseSplitter } from '../sse.ts';
import type { SseEvent } from '../sse-event.ts';
import { passTo, refusedMember } from './refused-members.ts';
import { STREAM_TYPES } from './stream-types.ts';
import type { Answer, Destination, Relay, StreamEnd, StreamRelay } from './relay.ts';

const JSON_TYPE = 'application/json';

/** Chat completions from and to OpenAI's dialect: the way of most calls, so it reads no more of them than it must. */
export class ChatPassage implements Relay {
  readonly dialect = 'openai-chat';
  readonly path: string;
  readonly body: Buffer;
  readonly contentType = JSON_TYPE;
  readonly headers = {};
  readonly losses: readonly string[];
  readonly streamType = STREAM_TYPES.sse;
  /** The gate asked for usage and the caller did not. */
  readonly hidesUsage: boolean;
  readonly replyType = undefined;
  readonly untouched = true;
  readonly #refused: ReadonlySet<string> | undefined;

  constructor(request: ChatRequest, { row, model, forceUsage, refused }: Destination) {
    this.hidesUsage = forceUsage && request.stream && !request.includeUsage && row.rules.streamUsage !== 'always';
    this.path = '/chat/completions';
    const body = patchChatRequest(request, { model, forceUsage: this.hidesUsage });
    const renamed = passTo(refused, body);
    this.body = renamed?.body ?? body;
    this.losses = renamed?.losses ?? NOTHING;
    this.#refused = refused;
  }

  readAnswer(body: Buffer): Answer {
    const read = readChatReply(body);
    return 'usage' in read ? { ...read, body, contentType: JSON_TYPE } : read;
  }

  openStream(out: (bytes: Buffer) => void): StreamRelay {
    return new PassedChatStream(this.hidesUsage, out);
  }

  readError(status: number, body: Buffer): ProviderError {
    return classifyProviderError(status, body);
  }

  refusedMember(status: number, said: Buffer): string | undefined {
    const { body, untouched, hidesUsage } = this;
    const asked = { dialect: 'openai-chat', translated: false, reasons: false, refused: this.#refused } as const;
    return refusedMember({ ...asked, body, untouched, hidesUsage }, status, said);
  }
}

const NOTHING: readonly string[] = [];

class PassedChatStream implements StreamRelay {
  readonly #reader: ChatStreamReader;
  readonly #splitter: SseSplitter;
  readonly #hideUsage: boolean;
  readonly #out: (bytes: Buffer) => void;
  /** Vendors send about a token an event. */
  #events = 0;

  constructor(hideUsage: boolean, out: (bytes: Buffer) => void) {
    this.#hideUsage = hideUsage;
    this.#reader = new ChatStreamReader({ hideUsage });
    this.#splitter = new SseSplitter((event) => this.#onEvent(event));
    this.#out = out;
  }

  get tokenSeen(): boolean {
    return this.#reader.tokenSeen;
  }

  get model(): string | undefined {
    return this.#reader.model;
  }

  get error(): ProviderError | undefined {
    return this.#reader.error;
  }

  push(bytes: Buffer, start: number, end: number): boolean {
    return this.#splitter.push(bytes, start, end);
  }

  #onEvent(event: SseEvent): void {
    if (this.#reader.read(event) !== 'forward') return;
    if (this.#reader.tokenSeen && event.kind === 'data') this.#events++;
    this.#out(this.#hideUsage ? withoutNoUsage(event.raw) : event.raw);
  }

  end(): StreamEnd {
    this.#splitter.end();
    return this.soFar();
  }

  soFar(): StreamEnd {
    return { ...this.#reader.end(), outputTokensSeen: this.#events };
  }

  fail(error: CallerError): Buffer {
    return errorEvent(writeError(error).body);
  }
}

const NO_USAGE = Buffer.from(',"usage":null');

/** Who is asked for usage says on every other chunk that there is none. Unescaped quotes cannot stand inside a string. */
function withoutNoUsage(raw: Buffer): Buffer {
  const at = raw.indexOf(NO_USAGE);
  return at < 0 ? raw : Buffer.concat([raw.subarray(0, at), raw.subarray(at + NO_USAGE.length)]);
}
