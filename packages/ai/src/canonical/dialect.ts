import type { ErrorCode } from '@gatehouse/kernel';
import type { ErrorReply, ProviderError } from '../provider-error.ts';
import type { ChatReply } from './chat-reply.ts';
import type { ChatRequest, DialectName, MediaBlock } from './chat-request.ts';
import type { Json } from './json.ts';
import type { Losses } from './loss.ts';
import type { StreamEvent } from './stream-event.ts';

/** How records of a streamed body are told apart. */
export type FramingName = 'sse' | 'ndjson' | 'json-array' | 'aws-event-stream';

/** One record of a streamed body. */
export interface WireRecord {
  /** As it arrived, with what frames it. */
  readonly raw: Buffer;
  /** The text of the record; '' for what only keeps the connection alive. */
  readonly data: string;
  /** AWS frames: `:event-type` or `:exception-type`; '' elsewhere. */
  readonly type: string;
  /** False for the rest of a body that broke off inside a record. */
  readonly complete: boolean;
}

/** What the request line and the headers say beside the body. */
export interface CallFacts {
  /** Named by the path, for dialects that do so. */
  readonly model?: string;
  readonly stream?: boolean;
  header(name: string): string | undefined;
}

/** What callers speak: a wire format, or what the operator's own prompts take and give, which no provider speaks. */
export type CallerName = DialectName | 'prompt';

/** A whole answer of a provider that is not what its caller was promised. */
export interface Unfit {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** A wire format as callers speak it. Knows no vendor. */
export interface CallerDialect<Name extends CallerName = DialectName> {
  readonly name: Name;
  readonly framing: FramingName;
  /** `content-type` of a streamed reply. */
  readonly streamType: string;
  /** Its speakers want streams other than vendors of the dialect send: these never pass untouched. */
  readonly ownStreams?: true;
  /** In a body, words that vendors of the dialect do not know: with them it never passes untouched. */
  readonly ownWords?: readonly string[];
  /** What its requests are made of beside what callers send: who keeps answers must tell them apart by it. */
  readonly madeOf?: Json;
  /** Throws `Untranslatable` for what is no request of this dialect. */
  readRequest(body: Json, facts: CallFacts): ChatRequest;
  /** Where more is promised than an answer: why this one is not to be written. */
  unfit?(reply: ChatReply): Unfit | undefined;
  /** The body of a whole reply. */
  writeReply(reply: ChatReply, context: ReplyContext): string;
  streamWriter(context: ReplyContext): StreamWriter;
  /** The gate's own refusal, or a provider's failure as the caller may see it. */
  writeError(error: CallerError): ErrorReply;
}

export interface CallerError {
  readonly status: number;
  readonly kind: ProviderError['kind'];
  readonly code: ErrorCode;
  readonly message: string;
  readonly param?: string | undefined;
  /** May the same call succeed later? */
  readonly retry: boolean;
  /** And not sooner than so, which `retry-after` says in any dialect; some have places of their own. */
  readonly retryAfterMs?: number | undefined;
  readonly requestId: string;
}

export interface ReplyContext {
  /** What the caller asked for. */
  readonly request: ChatRequest;
  readonly requestId: string;
  /** To make ids: unique within the reply, from the request id. */
  newId(prefix: string): string;
}

/** Canonical events to bytes of the caller's stream. */
export interface StreamWriter {
  /** Set at the end of an answer that is unfit, of which nothing more is written then. */
  readonly unfit?: Unfit | undefined;
  /** What to send for the event; '' for nothing yet. */
  write(event: StreamEvent): string | Buffer;
  /** What keeps the connection alive while nothing happens. */
  keepAlive(): string | Buffer;
  /** The last words of a stream that broke after its head was sent. */
  fail(error: CallerError): string | Buffer;
}

/** A wire format as providers speak it. Knows no vendor: what differs between vendors is in `rules`. */
export interface ProviderDialect {
  readonly name: DialectName;
  readonly framing: FramingName;
  /** Below the provider's base, such as `/chat/completions`; with the query that asks for a stream. */
  path(target: { readonly model: string; readonly stream: boolean }): string;
  /** The body. Names in `losses` what it cannot carry; throws `Untranslatable` for what it must not do without. */
  writeRequest(request: ChatRequest, target: Target, losses: Losses): string;
  /** Takes this medium only inside the request, though its address may be anybody's to fetch. */
  needsBytes?(medium: MediaBlock, request: ChatRequest): boolean;
  /** Has another way to bring this model to a schema, which it cannot be held to. */
  emulatesSchemas?(model: string): boolean;
  /** Undefined when the body is no reply of this dialect. */
  readReply(body: Json, context: ReadContext): ChatReply | ProviderError | undefined;
  streamReader(context: ReadContext): StreamReader;
  /** `errorType`: the header in which AWS names the kind of error. */
  readError(status: number, body: string, errorType?: string): ProviderError;
}

export interface ReadContext {
  readonly target: Target;
  /** What was sent, for what the reply does not repeat. */
  readonly request: ChatRequest;
  /** Seconds since the epoch, for replies without a date. */
  readonly created: number;
  newId(prefix: string): string;
}

/** Where a call goes. */
export interface Target {
  readonly model: string;
  readonly stream: boolean;
  readonly rules: ProviderRules;
  /** What the catalogue knows of the model. */
  readonly maxOutputTokens?: number;
}

/** How a vendor differs from its dialect, as data. */
export interface ProviderRules {
  readonly kind: string;
  /** Chat: the name that the limit of output tokens has here. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens';
  /** Request members that the vendor refuses: dropped, and named as lost. */
  readonly drops?: readonly string[];
  /** Chat: the role of instructions. */
  readonly instructionRole?: 'system' | 'developer';
  /** Chat: how reasoning is asked for. */
  readonly reasoningIn?: 'reasoning_effort' | 'reasoning' | 'thinking' | 'enable_thinking' | 'none';
  /** Chat: reasoning must be sent back with tool calls, even empty. */
  readonly replaysReasoning?: boolean;
  readonly streamUsage?: 'on-request' | 'always';
}

/** Records to canonical events. */
export interface StreamReader {
  /** Calls `emit` for each event that the record holds. */
  read(record: WireRecord, emit: (event: StreamEvent) => void): void;
  /** The body has ended: `done` if the dialect's end was seen (or none is needed), else nothing, and it counts as cut. */
  end(emit: (event: StreamEvent) => void): void;
}
