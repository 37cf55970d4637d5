import type { CallerDialect, CallerName, CallFacts } from '../canonical/dialect.ts';
import type { CacheMark, ChatRequest } from '../canonical/chat-request.ts';
import { randomBytes } from 'node:crypto';
import { influences } from '../cache/cache-scope.ts';
import type { ChatReply } from '../canonical/chat-reply.ts';
import { unfoldReply } from '../canonical/fold-stream.ts';
import { parseExact, type Json } from '../canonical/json.ts';
import { repeatedKey } from '../canonical/repeated-key.ts';
import { Untranslatable } from '../canonical/loss.ts';
import { estimateTokens } from '../pricing/token-estimate.ts';
import type { Asked } from '../pricing/upper-bound.ts';
import type { Lack } from '../capability/lack.ts';
import { asksForReasoning, lackAt, missingAt, type Prospect } from './fitness.ts';
import { withMedia, type FetchedMedium, type MissingMedium } from './media-supply.ts';
import type { ChatSide, Destination } from './relay.ts';

export interface ChatCallParts {
  readonly caller: CallerDialect<CallerName>;
  readonly body: Buffer;
  readonly facts: CallFacts;
  readonly model: string;
  readonly stream: boolean;
  /** The caller's body with another model in it, byte for byte else; and where the dialect has it, with usage asked for. */
  readonly patch: (model: string, forceUsage: boolean) => Buffer;
}

/** How signatures of other vendors' models begin that this gate has sealed for the caller (see canonical/signatures). */
const SEALS = ['Z2F0ZWhvdXNl', 'gatehouse-', 'gatehouse:'];

/** What was fetched is part of the prompt, whoever gets it. */
const ANY_TAKER = { provider: {}, inlineOnly: true };

/** A caller's chat: its bytes, and its canonical form as soon as somebody needs it. */
export class ChatCall implements ChatSide {
  readonly caller: CallerDialect<CallerName>;
  readonly facts: CallFacts;
  readonly model: string;
  readonly stream: boolean;
  readonly patched: ChatCallParts['patch'];
  readonly #body: Buffer;
  #json: Json | undefined;
  #request: ChatRequest | undefined;
  #sealed: boolean | undefined;
  #media: Map<string, FetchedMedium> | undefined;

  constructor({ caller, body, facts, model, stream, patch }: ChatCallParts) {
    this.caller = caller;
    this.facts = facts;
    this.model = model;
    this.stream = stream;
    this.patched = patch;
    this.#body = body;
  }

  /** As the caller sent it. Of a prompt it holds the variables only. */
  get body(): Buffer {
    return this.#body;
  }

  /** What was fetched for it, by address. */
  get media(): ReadonlyMap<string, FetchedMedium> | undefined {
    return this.#media;
  }

  supply(url: string, medium: FetchedMedium): void {
    this.#media ??= new Map();
    this.#media.set(url, medium);
  }

  /** Something was fetched that this provider needs inside, though it speaks the caller's dialect. */
  inlines({ inlineOnly }: Destination): boolean {
    return inlineOnly === true && this.#media !== undefined;
  }

  lackAt(prospect: Prospect): Lack | undefined {
    return lackAt(this, prospect);
  }

  asksForReasoning(): boolean {
    return asksForReasoning(this);
  }

  missingAt(prospect: Prospect): readonly MissingMedium[] {
    return missingAt(this, prospect);
  }

  /** Throws `Untranslatable` when it is no request of the caller's dialect. */
  get request(): ChatRequest {
    this.#request ??= this.caller.readRequest(this.#parsed(), this.facts);
    return this.#request;
  }

  /** Throws as `request` does, before anybody has been asked. */
  read(): void {
    this.#request ??= this.request;
  }

  get repeatedKey(): string | undefined {
    return repeatedKey(this.#body.toString('utf8'));
  }

  get beside(): Json {
    const { caller, facts } = this;
    return {
      body: caller.madeOf ?? influences(caller.name, this.#parsed()),
      betas: facts.header('anthropic-beta') ?? null,
    };
  }

  written(reply: ChatReply, requestId: string): { readonly body: Buffer; readonly contentType: string } {
    const { caller, request, stream } = this;
    const context = { request, requestId, newId };
    if (!stream) return { body: Buffer.from(caller.writeReply(reply, context)), contentType: 'application/json' };
    const writer = caller.streamWriter(context);
    const pieces = unfoldReply(reply).map((event) => Buffer.from(writer.write(event)));
    return { body: Buffer.concat(pieces), contentType: caller.streamType };
  }

  #holds(words: readonly string[]): boolean {
    return words.some((word) => this.#body.includes(word));
  }

  #parsed(): Json {
    this.#json ??= parseExact(this.#body.toString('utf8'));
    if (this.#json === undefined) throw new Untranslatable('The request body is not valid JSON.');
    return this.#json;
  }

  asked(): Asked {
    const request = this.#media === undefined ? this.request : withMedia(this.request, ANY_TAKER, this.#media);
    return {
      inputTokensEstimate: estimateTokens(request),
      maxOutputTokens: request.maxOutputTokens,
      choices: request.sampling.n,
      media: request.turns.some(({ blocks }) => blocks.some(({ type }) => type === 'media')),
      longCache: marks(request).some((mark) => mark?.ttl === '1h'),
    };
  }

  session(): string | undefined {
    return this.request.cache.key;
  }

  prefix(): string | undefined {
    const { instructions, tools, turns } = this.request;
    return JSON.stringify([instructions, tools.map(({ name, schema }) => [name, schema]), turns[0]]);
  }

  /** It may hold what only another vendor can read: then its own dialect must not get the bytes as they are. */
  get sealed(): boolean {
    this.#sealed ??= this.#holds(SEALS) || (this.caller.ownWords !== undefined && this.#holds(this.caller.ownWords));
    return this.#sealed;
  }
}

function marks({ instructions, turns, tools, cache }: ChatRequest): (CacheMark | undefined)[] {
  const blocks = turns.flatMap((turn) => turn.blocks);
  return [cache.auto, ...[...instructions, ...tools, ...blocks].map((one) => ('cache' in one ? one.cache : undefined))];
}

export function newId(prefix: string): string {
  return prefix + randomBytes(12).toString('hex');
}
