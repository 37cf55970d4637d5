import {
  CacheKey,
  cacheStatus,
  readCacheControls,
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

/** What the cache has to do with one call. Answers belong to the application that asked: no other is given them. */
export class AiCached implements AnswerTap {
  readonly #exchange: GateExchange;
  #fill: CacheFill | undefined;
  #facts: CacheFacts | undefined;
  #reply: ChatReply | undefined;
  #fold: StreamFold | undefined;
  #leave: (() => void) | undefined;

  constructor(exchange: GateExchange) {
    this.#exchange = exchange;
  }

  /** An answer that is kept, at once or after another call that asks the same; undefined: ask the provider. */
  ask(
    house: House,
    rules: CacheRules,
    { chat, model }: { chat: ChatSide; model: string },
  ): CacheHit | undefined | Promise<CacheHit | undefined> {
    const controls = readCacheControls(this.#exchange.header('x-gatehouse-cache'));
    const tenant = this.#exchange.principal?.application ?? OPEN;
    const key = CacheKey.of({ tenant, model, beside: chat.beside }, chat.request);
    const start = house.responses.begin(key, { request: chat.request, rules, controls });
    if (start.state === 'hit') return this.#took(start.hit);
    this.#fill = start.fill;
    if (start.state !== 'follower') return undefined;
    this.#leave = start.leave;
    return start.answer.then((hit) => hit && this.#took(hit));
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
    const facts = this.#facts ?? this.#fill?.facts;
    if (facts === undefined) return {};
    const status = cacheStatus(facts);
    this.#exchange.notes.cacheStatus = status;
    return { 'cache-status': status };
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
    if (kept === true) this.#exchange.notes.cacheStatus = cacheStatus(this.#fill.facts);
  }

  /** However the call has ended. */
  close(): void {
    this.#leave?.();
    this.#fill?.fail();
  }
}

/** Callers without a key, where none is needed, are one tenant. */
const OPEN = ' open';
