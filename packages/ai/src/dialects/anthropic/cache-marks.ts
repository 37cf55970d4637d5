import type { Block, CacheMark, ChatRequest, Turn } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import { writeMark } from './cache-mark.ts';

interface Marked {
  readonly cache?: CacheMark;
}

/** A request may hold four marks. Of more, the last are worth most: they cover what stands in front of them too. */
const MARKS_MAX = 4;

export class CacheMarks {
  readonly #kept: ReadonlySet<Marked>;

  constructor(request: ChatRequest, turns: readonly Turn[], losses: Losses) {
    const blocks = turns.flatMap((turn) => turn.blocks.flatMap(nested));
    const marked = [...request.tools, ...request.instructions, ...blocks].filter(({ cache }) => cache !== undefined);
    const room = request.cache.auto === undefined ? MARKS_MAX : MARKS_MAX - 1;
    if (marked.length > room) losses.add('dropped', 'cache_control');
    const kept = marked.slice(Math.max(0, marked.length - room));
    if ([...kept, { cache: request.cache.auto }].some(({ cache }) => cache?.ttl === '30m')) {
      losses.add('clamped', 'cache_control');
    }
    this.#kept = new Set(kept);
  }

  of(block: Marked): JsonFields {
    return block.cache !== undefined && this.#kept.has(block) ? { cache_control: writeMark(block.cache) } : {};
  }
}

/** In the order in which the marks stand in the prompt. */
function nested(block: Block): Marked[] {
  if (block.type === 'reasoning' || block.type === 'refusal') return [];
  return block.type === 'tool_result' ? [...block.content, block] : [block];
}
