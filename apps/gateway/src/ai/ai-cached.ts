import {
  CacheKey,
  cacheStatus,
  readCacheControls,
  SemanticQuestion,
  StreamFold,
  type AnswerTap,
  type CacheFacts,
  type CacheFill,
  type CacheHit,
  type CacheRules,
  type ChatReply,
  type ChatSide,
  type StreamEvent,
} from '@gatehouse/ai';
import type { GateExchange } from '../exchange.ts';
import type { House } from '../house.ts';
import type { AiTab } from './ai-tab.ts';
import type { SemanticCall, SemanticLookup } from './semantic-lookup.ts';

export interface CachedChat {
  readonly chat: ChatSide;
  readonly model: string;
  /** Answers that have passed other guards are not for this call. */
  readonly partition: string | undefined;
  /** Undefined: only the same question has the same answer. */
  readonly semantic: SemanticLookup | undefined;
}

/** What the cache has to do with one call. Answers belong to the application that asked: no other is given them. */
export class AiCached implements AnswerTap {
  readonly #exchange: GateExchange;
  readonly #tab: AiTab;
  #fill: CacheFill | undefined;
  #facts: CacheFacts | undefined;
  #reply: ChatReply | undefined;
  #fold: StreamFold | undefined;
  #leave: (() => void) | undefined;
  #semantic: SemanticCall | undefined;

  constructor(exchange: GateExchange, tab: AiTab) {
    this.#exchange = exchange;
    this.#tab = tab;
  }

  /** An answer that is kept, at once or after another call that asks the same; undefined: ask the provider. */
  ask(house: House, rules: CacheRules, asked: CachedChat): CacheHit | undefined | Promise<CacheHit | undefined> {
    const { chat, model, partition } = asked;
    const controls = readCacheControls(this.#exchange.header('x-gatehouse-cache'));
    const tenant = this.#exchange.principal?.application ?? OPEN;
    const scope = { tenant, partition, model, beside: chat.beside };
    const key = CacheKey.of(scope, chat.request);
    const start = house.responses.begin(key, { request: chat.request, rules, controls });
    if (start.state === 'hit') return this.#took(start.hit);
    this.#fill = start.fill;
    const similar = (): Promise<CacheHit | undefined> | undefined => {
      return key && !controls.noCache ? this.#askSimilar(asked, { scope, key }) : undefined;
    };
    if (start.state !== 'follower') return similar();
    this.#leave = start.leave;
    return start.answer.then((hit) => (hit === undefined ? similar() : this.#took(hit)));
  }

  /** Nobody knows the answer to this very question: it may be known to one that means the same. */
  #askSimilar(
    { chat, semantic }: CachedChat,
    { scope, key }: { readonly scope: Parameters<typeof CacheKey.of>[0]; readonly key: CacheKey },
  ): Promise<CacheHit | undefined> | undefined {
    const fill = this.#fill;
    if (semantic === undefined || fill === undefined || fill.facts.outcome === 'bypass') return undefined;
    const question = SemanticQuestion.of({ ...scope, embedder: semantic.place.embedder }, chat.request);
    if (question === undefined) return undefined;
    this.#semantic = semantic.begin(question, { key, principal: this.#exchange.principal, tab: this.#tab });
    return this.#semantic.take(fill).then((hit) => hit && this.#took(hit));
  }

  #took(hit: CacheHit): CacheHit {
    this.#facts = hit.facts;
    return hit;
  }

  get isAsked(): boolean {
    return this.#fill !== undefined;
  }

  /** `Cache-Status` (RFC 9211). */
  get header(): Readonly<Record<string, string>> {
    const status = this.#status();
    return status === undefined ? {} : { 'cache-status': status };
  }

  #status(): string | undefined {
    const facts = this.#facts ?? this.#fill?.facts;
    if (facts === undefined) return undefined;
    const notCompared = this.#semantic?.notCompared;
    const status = cacheStatus(notCompared === undefined ? facts : { ...facts, notCompared });
    this.#exchange.notes.cacheStatus = status;
    return status;
  }

  onReply(reply: ChatReply): void {
    this.#reply = reply;
  }

  onEvent(event: StreamEvent): void {
    (this.#fold ??= new StreamFold()).add(event);
  }

  /** Another attempt begins: what the last one has said is not the answer. */
  again(): void {
    this.#reply = undefined;
    this.#fold = undefined;
  }

  /** The answer is whole. */
  done(): void {
    const reply = this.#reply ?? this.#fold?.end();
    if (this.#fill === undefined || reply === undefined || 'kind' in reply) return;
    const { kept } = this.#fill.keep(reply);
    if (kept !== true) return;
    this.#semantic?.kept();
    this.#status();
  }

  /** However the call has ended. */
  close(): void {
    this.#leave?.();
    this.#fill?.fail();
  }
}

/** Callers without a key, where none is needed, are one tenant. */
const OPEN = ' open';
