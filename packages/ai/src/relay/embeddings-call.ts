import type { ChatRequest, DialectName } from '../canonical/chat-request.ts';
import { parseExact } from '../canonical/json.ts';
import { Losses, Untranslatable } from '../canonical/loss.ts';
import type { EmbeddingsCall, EmbeddingsCaller, EmbeddingsWish } from '../dialects/chat-shaped/embeddings-form.ts';
import type { EmbeddingsDialect } from '../providers/provider-row.ts';
import { BYTES_PER_TOKEN_MIN } from '../pricing/text-tokens.ts';
import type { Asked } from '../pricing/upper-bound.ts';
import type { ProviderError } from '../provider-error.ts';
import { EMBEDDINGS_PROVIDERS } from './embeddings-providers.ts';
import { PROVIDER_DIALECTS } from './provider-dialects.ts';
import type { Answer, Destination, OpenedCall, Relay, StreamRelay } from './relay.ts';
import { chatAsWish, wishAsChat } from './texts-as-chat.ts';

const JSON_TYPE = 'application/json';

export interface EmbeddingsParts {
  readonly dialect: DialectName;
  readonly model: string;
  readonly body: Buffer;
  readonly caller: EmbeddingsCaller;
  /** How the body passes to a vendor that speaks the caller's own dialect. */
  readonly pass?: (destination: Destination) => Relay;
}

/** A call for vectors: its bytes, and what it says as soon as somebody needs it. */
export class OpenedEmbeddings implements OpenedCall {
  readonly dialect: DialectName;
  readonly model: string;
  readonly stream = false;
  readonly #parts: EmbeddingsParts;
  #call: EmbeddingsCall | undefined;
  #said: ChatRequest | undefined;

  constructor(parts: EmbeddingsParts) {
    this.dialect = parts.dialect;
    this.model = parts.model;
    this.#parts = parts;
  }

  asked(): Asked {
    return { inputTokensEstimate: Math.ceil(this.#parts.body.length / BYTES_PER_TOKEN_MIN), maxOutputTokens: 0 };
  }

  /** A turn for each text, with what a vendor is told beside it. */
  said(): ChatRequest {
    this.#said ??= wishAsChat(this.#read().wish, this);
    return this.#said;
  }

  /** Throws `Untranslatable` for a vendor that has none, and for what its own cannot be told. */
  relayTo(destination: Destination): Relay {
    const { row, guards } = destination;
    const { embeds } = row;
    if (embeds === undefined) {
      throw new Untranslatable(`A provider of the kind ${row.kind} serves no embeddings here.`, 'model');
    }
    const { pass, caller } = this.#parts;
    const masked = guards?.masks === true ? guards.sent(this.said()) : undefined;
    if (embeds === this.dialect && pass !== undefined && masked === undefined) return pass(destination);
    const call = this.#read();
    const wish = masked === undefined ? call.wish : chatAsWish(masked, call.wish);
    return new EmbeddingsRelay({ embeds, caller, call: { ...call, wish } }, destination);
  }

  #read(): EmbeddingsCall {
    if (this.#call === undefined) {
      const json = parseExact(this.#parts.body.toString('utf8'));
      if (json === undefined) throw new Untranslatable('The request body is not valid JSON.');
      this.#call = this.#parts.caller.readRequest(json);
    }
    return this.#call;
  }
}

interface EmbeddingsPlan {
  readonly embeds: EmbeddingsDialect;
  readonly caller: EmbeddingsCaller;
  readonly call: EmbeddingsCall;
}

/** One attempt at a vendor that wants to be asked in other words. */
class EmbeddingsRelay implements Relay {
  readonly dialect: EmbeddingsDialect;
  readonly path: string;
  readonly body: Buffer;
  readonly contentType = JSON_TYPE;
  readonly headers = {};
  readonly losses: readonly string[];
  readonly streamType = /^$/;
  readonly replyType = undefined;
  readonly hidesUsage = false;
  readonly untouched = false;
  readonly #plan: EmbeddingsPlan;
  readonly #wish: EmbeddingsWish;
  readonly #requestId: string;

  constructor(plan: EmbeddingsPlan, { model, requestId }: Destination) {
    const provider = EMBEDDINGS_PROVIDERS[plan.embeds];
    const losses = new Losses();
    this.#plan = plan;
    this.#wish = plan.call.wish;
    this.#requestId = requestId;
    this.dialect = plan.embeds;
    this.path = provider.path(model);
    this.body = Buffer.from(provider.writeRequest(this.#wish, model, losses));
    this.losses = losses.codes;
  }

  readAnswer(body: Buffer): Answer {
    const json = parseExact(body.toString('utf8').trim());
    const read = json === undefined ? undefined : EMBEDDINGS_PROVIDERS[this.dialect].readReply(json, this.#wish);
    if (read === undefined) return { problem: 'The reply holds no vector for each text.' };
    if ('kind' in read) return { error: read };
    const { caller, call } = this.#plan;
    const written = Buffer.from(caller.writeReply(read, call, this.#requestId));
    return { body: written, contentType: JSON_TYPE, model: read.model, finishReason: undefined, usage: read.usage };
  }

  openStream(): StreamRelay {
    throw new Error('embeddings have no stream');
  }

  readError(status: number, body: Buffer): ProviderError {
    return PROVIDER_DIALECTS[this.dialect].readError(status, body.toString('utf8'));
  }
}
