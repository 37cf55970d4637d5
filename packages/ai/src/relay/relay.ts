import type { CallerError } from '../canonical/dialect.ts';
import type { ChatReply } from '../canonical/chat-reply.ts';
import type { ChatRequest, DialectName } from '../canonical/chat-request.ts';
import type { Json } from '../canonical/json.ts';
import type { StreamEvent } from '../canonical/stream-event.ts';
import type { ProviderRow } from '../providers/provider-table.ts';
import type { ProviderError } from '../provider-error.ts';
import type { Asked } from '../pricing/upper-bound.ts';
import type { Usage, UsageState } from '../usage.ts';

/** A caller's request, read once, to be sent to one provider after the other until one answers. */
export interface OpenedCall {
  /** The caller's. */
  readonly dialect: DialectName;
  readonly model: string;
  readonly stream: boolean;
  /** What it may use at most, as far as it can be told beforehand. Throws `Untranslatable` for what is no request. */
  asked(): Asked;
  /** What the caller calls its session, in the body. */
  session?(): string | undefined;
  /** What calls of one conversation have in common: instructions, tools and the first words. */
  prefix?(): string | undefined;
  /** Throws `Untranslatable` when this provider cannot serve it. */
  relayTo(destination: Destination): Relay;
  /** What it says, for who keeps or reads it; calls that are no chat have none. */
  readonly chat?: ChatSide;
  /** An answer that needs no provider, where this one could not give it. */
  locally?(destination: Destination): LocalAnswer | undefined;
}

export interface LocalAnswer {
  readonly body: string;
  readonly losses: readonly string[];
}

/** A chat as more than bytes. Reading it throws `Untranslatable` when it is no request. */
export interface ChatSide {
  readonly request: ChatRequest;
  /** What else influences the answer: dialects know more than the canonical form holds. */
  readonly beside: Json;
  /** An answer in the caller's dialect: whole, or as the whole stream that was asked for. */
  written(reply: ChatReply, requestId: string): { readonly body: Buffer; readonly contentType: string };
}

/** Hears the answer in the canonical form, beside whoever passes it on. */
export interface AnswerTap {
  onReply(reply: ChatReply): void;
  onEvent(event: StreamEvent): void;
}

export interface Destination {
  readonly row: ProviderRow;
  /** The provider's name of the model. */
  readonly model: string;
  /** Ask a stream for its usage though the caller does not. */
  readonly forceUsage: boolean;
  readonly requestId: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly tap?: AnswerTap | undefined;
}

/** One attempt: what is sent to the provider, and what becomes of its answer on the way to the caller. */
export interface Relay {
  readonly dialect: DialectName;
  /** Below the provider's base, with its query. */
  readonly path: string;
  readonly body: Buffer;
  readonly contentType: string;
  /** Headers that the provider's dialect wants, such as its version. */
  readonly headers: Readonly<Record<string, string>>;
  /** What this provider cannot be told, as `dropped:seed`. */
  readonly losses: readonly string[];
  /** `content-type` that says: a stream of this dialect. */
  readonly streamType: RegExp;
  /** `content-type` of the caller's stream; undefined: as the provider says. */
  readonly replyType: string | undefined;
  /** The gate has asked for usage, which the caller has not. */
  readonly hidesUsage: boolean;
  /** What the provider sends is what the caller gets. */
  readonly untouched: boolean;
  readAnswer(body: Buffer): Answer;
  /** `out` gets what the caller gets. */
  openStream(out: (bytes: Buffer) => void): StreamRelay;
  /** `errorType`: what AWS says in a header of its own. */
  readError(status: number, body: Buffer, errorType: string | undefined): ProviderError;
}

/** `problem`: this is no answer of the dialect that was asked for. */
export type Answer =
  | ({ readonly body: Buffer; readonly contentType: string } & AnswerFacts)
  | { readonly error: ProviderError }
  | { readonly problem: string };

/** What the record needs of a whole answer. */
export interface AnswerFacts {
  readonly model: string | undefined;
  readonly finishReason: string | undefined;
  readonly usage: Usage | undefined;
}

export interface StreamRelay {
  /** From the first event that carries text, reasoning or a tool call. */
  readonly tokenSeen: boolean;
  /** What the provider says it served. */
  readonly model: string | undefined;
  /** Set by an event that reports a failure; what follows it is not read. */
  readonly error: ProviderError | undefined;
  /** False when the body breaks its framing: nothing that follows can be read. */
  push(bytes: Buffer, start: number, end: number): boolean;
  /** The body has ended; what is left goes to `out`. */
  end(): StreamEnd;
  /** What is known of a stream that has not come to its end. */
  soFar(): StreamEnd;
  /** The last words to the caller of a stream that broke off. */
  fail(error: CallerError): Buffer;
}

export interface StreamEnd {
  /** The provider's end was seen and no error. Otherwise the stream is truncated, whatever else was seen. */
  readonly complete: boolean;
  /** Of the choice that finished last. */
  readonly finishReason: string | undefined;
  readonly usage: Usage | undefined;
  readonly usageState: UsageState;
  /** About how many tokens of an answer went by, for streams whose usage nobody tells. */
  readonly outputTokensSeen: number;
}
