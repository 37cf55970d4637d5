import type { ChatRequest, DialectName } from '../canonical/chat-request.ts';
import type { Target } from '../canonical/dialect.ts';
import { parseExact, type Json } from '../canonical/json.ts';
import { Losses, Untranslatable } from '../canonical/loss.ts';
import * as anthropic from '../dialects/anthropic/count-tokens.ts';
import { geminiCallPath } from '../dialects/gemini/call-path.ts';
import * as gemini from '../dialects/gemini/count-tokens.ts';
import { anthropicVersionFor } from '../dialects/anthropic/call-plan.ts';
import { estimateTokens } from '../pricing/token-estimate.ts';
import type { Asked } from '../pricing/upper-bound.ts';
import type { ProviderError } from '../provider-error.ts';
import { PROVIDER_DIALECTS } from './provider-dialects.ts';
import type { Answer, Destination, LocalAnswer, OpenedCall, Relay, StreamRelay } from './relay.ts';

const JSON_TYPE = 'application/json';

export interface CountQuestion {
  /** The caller's. */
  readonly dialect: DialectName;
  readonly request: ChatRequest;
  readonly model: string;
  readonly writeReply: (tokens: number) => string;
}

/** How many tokens a prompt has: asked of a vendor that counts, else estimated here, which is named as a loss. */
export class CountCall implements OpenedCall {
  readonly dialect: DialectName;
  readonly model: string;
  readonly stream = false;
  readonly #request: ChatRequest;
  readonly #writeReply: (tokens: number) => string;

  constructor({ dialect, request, model, writeReply }: CountQuestion) {
    this.dialect = dialect;
    this.model = model;
    this.#request = request;
    this.#writeReply = writeReply;
  }

  said(): ChatRequest {
    return this.#request;
  }

  /** Counting costs nothing. */
  asked(): Asked {
    return { inputTokensEstimate: 0, maxOutputTokens: 0 };
  }

  locally({ row, guards }: Destination): LocalAnswer | undefined {
    if (row.dialect in COUNTERS) return undefined;
    const request = guards?.sent(this.#request) ?? this.#request;
    return { body: this.#writeReply(estimateTokens(request)), losses: ['emulated:count_tokens'] };
  }

  relayTo(destination: Destination): Relay {
    const counter = COUNTERS[destination.row.dialect];
    if (counter === undefined) throw new Untranslatable('This provider counts no tokens.');
    const request = destination.guards?.sent(this.#request) ?? this.#request;
    return new CountRelay({ request, writeReply: this.#writeReply, counter }, destination);
  }
}

interface TokenCounter {
  path(model: string): string;
  headers(request: ChatRequest, target: Target): Record<string, string>;
  write(request: ChatRequest, target: Target, losses: Losses): string;
  read(body: Json): number | undefined;
}

const COUNTERS: Readonly<Partial<Record<string, TokenCounter>>> = {
  anthropic: {
    path: () => anthropic.COUNT_PATH,
    headers: (request, target) => ({ 'anthropic-version': anthropicVersionFor(request, target) }),
    write: anthropic.writeCountRequest,
    read: anthropic.readCountReply,
  },
  gemini: {
    path: (model) => geminiCallPath(model, 'countTokens'),
    headers: () => ({}),
    write: gemini.writeCountRequest,
    read: gemini.readCountReply,
  },
};

interface CountPlan {
  readonly request: ChatRequest;
  readonly writeReply: (tokens: number) => string;
  readonly counter: TokenCounter;
}

class CountRelay implements Relay {
  readonly dialect;
  readonly path: string;
  readonly body: Buffer;
  readonly contentType = JSON_TYPE;
  readonly headers: Readonly<Record<string, string>>;
  readonly losses: readonly string[];
  readonly streamType = /^$/;
  readonly replyType = undefined;
  readonly hidesUsage = false;
  readonly untouched = false;
  readonly #plan: CountPlan;

  constructor(plan: CountPlan, { row, model }: Destination) {
    const target: Target = { model, stream: false, rules: row.rules };
    const losses = new Losses();
    this.#plan = plan;
    this.dialect = row.dialect;
    this.path = plan.counter.path(model);
    this.headers = plan.counter.headers(plan.request, target);
    this.body = Buffer.from(plan.counter.write(plan.request, target, losses));
    this.losses = losses.codes;
  }

  readAnswer(body: Buffer): Answer {
    const json = parseExact(body.toString('utf8'));
    const tokens = json === undefined ? undefined : this.#plan.counter.read(json);
    if (tokens === undefined) return { problem: 'The reply counts nothing.' };
    const written = Buffer.from(this.#plan.writeReply(tokens));
    return { body: written, contentType: JSON_TYPE, model: undefined, finishReason: undefined, usage: undefined };
  }

  openStream(): StreamRelay {
    throw new Error('a count has no stream');
  }

  readError(status: number, body: Buffer): ProviderError {
    return PROVIDER_DIALECTS[this.dialect].readError(status, body.toString('utf8'));
  }
}
