import type { ChatReply, Stop } from '../../canonical/chat-reply.ts';
import type { Block, ChatRequest } from '../../canonical/chat-request.ts';
import { readCacheControls } from '../cache-controls.ts';
import { CacheKey } from '../cache-key.ts';
import type { CacheRules } from '../cache-rules.ts';
import type { CacheHost } from '../flights.ts';
import type { CacheAsk } from '../response-cache.ts';

export const RULES: CacheRules = { ttlMs: 60_000 };

export function requestOf(text: string, more: Partial<ChatRequest> = {}): ChatRequest {
  return {
    dialect: 'openai-chat',
    model: 'fast',
    stream: false,
    instructions: [{ role: 'system', text: 'Be brief.' }],
    turns: [{ role: 'user', blocks: [{ type: 'text', text }] }],
    tools: [],
    sampling: {},
    output: {},
    cache: {},
    includeUsage: false,
    ext: {},
    ...more,
  };
}

export function replyOf(blocks: string | readonly Block[], reason: Stop['reason'] = 'end'): ChatReply {
  const said: readonly Block[] = typeof blocks === 'string' ? [{ type: 'text', text: blocks }] : blocks;
  return {
    id: 'chatcmpl-1',
    created: 1_790_000_000,
    model: 'gpt-5.5-mini',
    choices: [{ index: 0, blocks: said, stop: { reason } }],
    usage: { inputUncached: 12, outputText: 3 },
  };
}

export function keyOf(text: string, tenant = 'shop'): CacheKey {
  const key = CacheKey.of({ tenant, model: 'fast' }, requestOf(text));
  if (key === undefined) throw new Error('no key');
  return key;
}

export function askOf(text: string, header?: string, rules = RULES): CacheAsk {
  return { request: requestOf(text), rules, controls: readCacheControls(header) };
}

/** Time that passes when a test says so. */
export class TestHost implements CacheHost {
  readonly clock = { monotonic: () => this.#now };
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();
  #now = 1000;

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get timers(): number {
    return this.#timers.size;
  }

  pass(ms: number): void {
    this.#now += ms;
    for (const timer of this.#timers) {
      if (timer.at > this.#now) continue;
      this.#timers.delete(timer);
      timer.run();
    }
  }
}
