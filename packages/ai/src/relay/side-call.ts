import type { ChatRequest } from '../canonical/chat-request.ts';
import { Untranslatable } from '../canonical/loss.ts';
import { classifyProviderError } from '../dialects/openai-chat/provider-errors.ts';
import type { SideRequest } from '../endpoints/side-request.ts';
import { readSideReply } from '../endpoints/side-reply.ts';
import { SIDE_ROWS, type SideRow } from '../endpoints/side-rows.ts';
import { SideBytes, SideEvents } from '../endpoints/side-stream.ts';
import type { Asked } from '../pricing/upper-bound.ts';
import type { ProviderError } from '../provider-error.ts';
import type { SideEndpoint } from '../providers/provider-row.ts';
import type { Answer, Destination, OpenedCall, Relay, StreamRelay } from './relay.ts';
import { STREAM_TYPES } from './stream-types.ts';
import { chatAsTexts, textsAsChat } from './texts-as-chat.ts';

/** A call of one of OpenAI's endpoints beside chat: for vendors that have the same, to whom it goes as it is. */
export class OpenedSide implements OpenedCall {
  readonly dialect = 'openai-chat';
  readonly model: string;
  readonly stream: boolean;
  readonly #endpoint: SideEndpoint;
  readonly #request: SideRequest;
  #said: ChatRequest | undefined;

  constructor(endpoint: SideEndpoint, request: SideRequest) {
    this.model = request.model;
    this.stream = request.stream;
    this.#endpoint = endpoint;
    this.#request = request;
  }

  asked(): Asked {
    const { inputTokens, choices } = this.#request;
    const { outputTokensMax } = SIDE_ROWS[this.#endpoint];
    return { inputTokensEstimate: inputTokens, maxOutputTokens: outputTokensMax, choices, media: true };
  }

  said(): ChatRequest {
    this.#said ??= textsAsChat(this.#request.texts, this);
    return this.#said;
  }

  relayTo({ row, model, guards }: Destination): Relay {
    const prefix = row.serves[this.#endpoint];
    if (prefix === undefined) {
      throw new Untranslatable(`A provider of the kind ${row.kind} serves no ${this.#endpoint} here.`, 'model');
    }
    const texts = guards?.masks === true ? chatAsTexts(guards.sent(this.said())) : undefined;
    return new SidePassage(SIDE_ROWS[this.#endpoint], {
      prefix,
      contentType: this.#request.contentType,
      body: this.#request.body(texts === undefined ? { model } : { model, texts }),
      gratis: row.gratis.includes(this.#endpoint),
    });
  }
}

interface SideFacts {
  readonly prefix: string;
  readonly contentType: string;
  readonly body: Buffer;
  readonly gratis: boolean;
}

/** One attempt: bytes there, and bytes back. */
class SidePassage implements Relay {
  readonly dialect = 'openai-chat';
  readonly path: string;
  readonly body: Buffer;
  readonly contentType: string;
  readonly headers = {};
  readonly losses = [];
  readonly streamType: RegExp;
  readonly replyType = undefined;
  readonly hidesUsage = false;
  readonly untouched = true;
  readonly anyReply: boolean;
  readonly unmetered = true;
  readonly gratis: boolean;
  readonly #row: SideRow;
  #early: boolean | undefined;

  constructor(row: SideRow, { prefix, contentType, body, gratis }: SideFacts) {
    this.path = prefix + row.path;
    this.body = body;
    this.contentType = contentType;
    this.streamType = row.streamType;
    this.anyReply = row.streams !== 'always';
    this.gratis = gratis;
    this.#row = row;
  }

  showsEarly(pieces: readonly Buffer[]): boolean {
    this.#early ??= this.#row.answers === undefined || /^\s*\{/.test(Buffer.concat(pieces).toString('latin1', 0, 64));
    return this.#early;
  }

  readAnswer(body: Buffer, said?: string): Answer {
    const read = readSideReply(this.#row, body, said);
    if (!('used' in read)) return read;
    const { model, used } = read;
    const { contentType } = this;
    return { body, contentType, model, finishReason: undefined, usage: used?.usage, extras: used?.extras };
  }

  openStream(out: (bytes: Buffer) => void, contentType = ''): StreamRelay {
    return STREAM_TYPES.sse.test(contentType) ? new SideEvents(this.#row, out) : new SideBytes(out);
  }

  readError(status: number, body: Buffer): ProviderError {
    return classifyProviderError(status, body);
  }
}
