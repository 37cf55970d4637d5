import type { CallerError, CallerName, Unfit } from '../canonical/dialect.ts';
import type { ChatReply } from '../canonical/chat-reply.ts';
import type { ChatRequest, DialectName } from '../canonical/chat-request.ts';
import type { Json } from '../canonical/json.ts';
import type { StreamEvent } from '../canonical/stream-event.ts';
import type { GuardedCall } from '../guards/guarded-call.ts';
import type { ProviderRow } from '../providers/provider-table.ts';
import type { ProviderError } from '../provider-error.ts';
import type { Lack } from '../capability/lack.ts';
import type { Extras } from '../pricing/cost.ts';
import type { Asked } from '../pricing/upper-bound.ts';
import type { Prospect } from './fitness.ts';
import type { FetchedMedium, MissingMedium } from './media-supply.ts';
import type { Usage, UsageState } from '../usage.ts';

/** A caller's request, read once, to be sent to one provider after the other until one answers. */
export interface OpenedCall {
  /** The caller's. */
  readonly dialect: CallerName;
  /** The prompt that it is a call of. */
  readonly prompt?: { readonly name: string; readonly version: string };
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
  /** Of calls that are no chat: all text, as one, for guards to look through; absent where there is none to be read. */
  said?(): ChatRequest;
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
  /** Stands twice in one object of what the caller sent: others may read there what the gate does not. */
  readonly repeatedKey: string | undefined;
  /** What else influences the answer: dialects know more than the canonical form holds. */
  readonly beside: Json;
  /** What it needs and that model surely has not. */
  lackAt(prospect: Prospect): Lack | undefined;
  /** Models that can are preferred then. */
  asksForReasoning(): boolean;
  /** What has to be fetched and supplied before it can be relayed there. */
  missingAt(prospect: Prospect): readonly MissingMedium[];
  supply(url: string, medium: FetchedMedium): void;
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
  /** Members that this model has refused before: said otherwise or left out where that may be. */
  readonly refused?: ReadonlySet<string> | undefined;
  readonly requestId: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly tap?: AnswerTap | undefined;
  /** It fetches no media: what was supplied goes inside, whatever its dialect allows. */
  readonly inlineOnly?: boolean | undefined;
  /** They have passed the request; what goes out is what they made of it. */
  readonly guards?: GuardedCall | undefined;
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
  /** Replies may be of any kind, a stream or an answer, JSON or not: their `content-type` says it, and is kept. */
  readonly anyReply?: boolean;
  /** What was used cannot be told from what goes by: without the provider's own count nobody knows it. */
  readonly unmetered?: true;
  /** The vendor sends no bill for it. */
  readonly gratis?: boolean;
  /** May an answer of more than a megabyte that begins so be shown before it is whole? Absent: if it begins like JSON. */
  showsEarly?(pieces: readonly Buffer[]): boolean;
  readAnswer(body: Buffer, contentType?: string): Answer;
  /** `out` gets what the caller gets. */
  openStream(out: (bytes: Buffer) => void, contentType?: string): StreamRelay;
  /** `errorType`: what AWS says in a header of its own. */
  readError(status: number, body: Buffer, errorType: string | undefined): ProviderError;
  /** The member that the provider refuses though it could be told otherwise: with `Destination.refused`, the same again. */
  refusedMember?(status: number, body: Buffer): string | undefined;
}

/** `problem`: this is no answer of the dialect that was asked for. `unfit`: it is one, and not what the caller was promised. `blocked`: it is one, and a guard withholds it. */
export type Answer =
  | ({ readonly unfit: Unfit } & AnswerFacts)
  | ({ readonly body: Buffer; readonly contentType: string } & AnswerFacts)
  | ({ readonly blocked: true } & AnswerFacts)
  | { readonly later: Promise<Answer> }
  | { readonly error: ProviderError }
  | { readonly problem: string };

/** What the record needs of a whole answer. */
export interface AnswerFacts {
  readonly model: string | undefined;
  readonly finishReason: string | undefined;
  readonly usage: Usage | undefined;
  /** Which parts of the usage have prices of their own. */
  readonly extras?: Extras | undefined;
}

export interface StreamRelay {
  /** Why a stream that came to its end is not what the caller was promised. */
  readonly unfit?: Unfit | undefined;
  /** From the first event that carries text, reasoning or a tool call. */
  readonly tokenSeen: boolean;
  /** What the provider says it served. */
  readonly model: string | undefined;
  /** Set by an event that reports a failure; what follows it is not read. */
  readonly error: ProviderError | undefined;
  /** A guard has ended it: nothing more of it is for the caller. */
  readonly blocked?: boolean;
  /** Guards let nothing of the answer through yet, whatever was seen of it. */
  readonly withheld?: boolean;
  /** Of a stream that is shown only once somebody has judged the whole: to be called behind an `end` that is complete. */
  readonly judged?: (() => Promise<void>) | undefined;
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
  /** Which parts of the usage have prices of their own. */
  readonly extras?: Extras | undefined;
}
