import type { CacheMark, ChatRequest } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import type { ChatRules } from './chat-rules.ts';

/**
 * Writes marks at what is worth caching, in the words of the vendor. No more than four are taken: the last ones count,
 * because each covers all that stands in front of it.
 */
export class CacheMarks {
  readonly #style: ChatRules['cacheMarks'];
  readonly #losses: Losses;
  #surplus: number;

  constructor(request: ChatRequest, style: ChatRules['cacheMarks'], losses: Losses) {
    this.#style = style;
    this.#losses = losses;
    this.#surplus = countMarks(request) - MARKS_MAX;
  }

  /** To be asked in the order of the prompt: tools, instructions, turns. */
  members(mark: CacheMark | undefined): JsonFields | undefined {
    if (mark === undefined) return undefined;
    const surplus = this.#surplus-- > 0;
    if (this.#style === undefined || surplus) {
      this.#losses.add('dropped', 'cache_control');
      return undefined;
    }
    return this.#style === 'cache_control' ? this.#anthropic(mark) : this.#openAi(mark);
  }

  /** For what the dialect cannot mark. */
  lose(mark: CacheMark | undefined): void {
    if (mark === undefined) return;
    this.#surplus--;
    this.#losses.add('dropped', 'cache_control');
  }

  #anthropic({ ttl }: CacheMark): JsonFields {
    if (ttl === '30m') this.#losses.add('clamped', 'cache_control');
    return { cache_control: { type: 'ephemeral', ...(ttl === undefined ? {} : { ttl: ttl === '5m' ? ttl : '1h' }) } };
  }

  #openAi({ ttl }: CacheMark): JsonFields {
    if (ttl === '5m' || ttl === '1h') this.#losses.add('clamped', 'cache_control');
    return { prompt_cache_breakpoint: { mode: 'explicit', ...(ttl !== undefined && { ttl: '30m' }) } };
  }
}

const MARKS_MAX = 4;

function countMarks({ tools, instructions, turns }: ChatRequest): number {
  const blocks = turns.flatMap((turn) => turn.blocks);
  return [...tools, ...instructions, ...blocks].filter((one) => 'cache' in one && one.cache !== undefined).length;
}
