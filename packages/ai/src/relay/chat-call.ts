import type { CallerDialect, CallFacts } from '../canonical/dialect.ts';
import type { CacheMark, ChatRequest } from '../canonical/chat-request.ts';
import { randomBytes } from 'node:crypto';
import { influences } from '../cache/cache-scope.ts';
import type { ChatReply } from '../canonical/chat-reply.ts';
import { unfoldReply } from '../canonical/fold-stream.ts';
import { parseExact, type Json } from '../canonical/json.ts';
import { Untranslatable } from '../canonical/loss.ts';
import { estimateTokens } from '../pricing/token-estimate.ts';
import type { Asked } from '../pricing/upper-bound.ts';
import type { ChatSide } from './relay.ts';

export interface ChatCallParts {
  readonly caller: CallerDialect;
  readonly body: Buffer;
  readonly facts: CallFacts;
  readonly model: string;
  readonly stream: boolean;
  /** The caller's body with another model in it, byte for byte else. */
  readonly patch: (model: string) => Buffer;
}

/** How signatures of other vendors' models begin that this gate has sealed for the caller (see canonical/signatures). */
const SEALS = ['Z2F0ZWhvdXNl', 'gatehouse-', 'gatehouse:'];

/** A caller's chat: its bytes, and its canonical form as soon as somebody needs it. */
export class ChatCall implements ChatSide {
  readonly caller: CallerDialect;
  readonly facts: CallFacts;
  readonly model: string;
  readonly stream: boolean;
  readonly patched: (model: string) => Buffer;
  readonly #body: Buffer;
  #json: Json | undefined;
  #request: ChatRequest | undefined;
  #sealed: boolean | undefined;

  constructor({ caller, body, facts, model, stream, patch }: ChatCallParts) {
    this.caller = caller;
    this.facts = facts;
    this.model = model;
    this.stream = stream;
    this.patched = patch;
    this.#body = body;
  }

  /** Throws `Untranslatable` when it is no request of the caller's dialect. */
  get request(): ChatRequest {
    this.#request ??= this.caller.readRequest(this.#parsed(), this.facts);
    return this.#request;
  }

  get beside(): Json {
    const { caller, facts } = this;
    return { body: influences(caller.name, this.#parsed()), betas: facts.header('anthropic-beta') ?? null };
  }

  written(reply: ChatReply, requestId: string): { readonly body: Buffer; readonly contentType: string } {
    const { caller, request, stream } = this;
    const context = { request, requestId, newId };
    if (!stream) return { body: Buffer.from(caller.writeReply(reply, context)), contentType: 'application/json' };
    const writer = caller.streamWriter(context);
    const pieces = unfoldReply(reply).map((event) => Buffer.from(writer.write(event)));
    return { body: Buffer.concat(pieces), contentType: caller.streamType };
  }

  #parsed(): Json {
    this.#json ??= parseExact(this.#body.toString('utf8'));
    if (this.#json === undefined) throw new Untranslatable('The request body is not valid JSON.');
    return this.#json;
  }

  asked(): Asked {
    const { request } = this;
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

  /** It may hold what only another vendor's model can read: then its own dialect must not get the bytes as they are. */
  get sealed(): boolean {
    this.#sealed ??= SEALS.some((mark) => this.#body.includes(mark));
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
