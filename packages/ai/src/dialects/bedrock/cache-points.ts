import type { CacheMark, ChatRequest } from '../../canonical/chat-request.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';

/** The mark of a `cachePoint` item; a time to live that we do not know is left to the default. */
export function readCachePoint(item: JsonFields): CacheMark | undefined {
  const point: Json = item['cachePoint'] ?? null;
  if (!isJsonFields(point)) return undefined;
  const { ttl } = point;
  return ttl === '5m' || ttl === '1h' ? { ttl } : {};
}

const POINTS_MAX = 4;

interface PointRules {
  /** False: this model refuses them. */
  readonly allowed: boolean;
  /** The caller speaks this dialect, and gets what it asks for. */
  readonly own: boolean;
  readonly losses: Losses;
}

/**
 * Writes cache marks as items behind what they mark. Must be asked in the order of the prompt, which is tools, system,
 * messages: of more than four marks the last four stay, and no point may live longer than one in front of it.
 */
export class CachePoints {
  readonly #rules: PointRules;
  #skip: number;
  #shortSeen = false;

  constructor(request: ChatRequest, rules: PointRules) {
    this.#rules = rules;
    this.#skip = rules.own ? 0 : Math.max(0, countMarks(request) - POINTS_MAX);
  }

  behind(mark: CacheMark | undefined): readonly JsonFields[] {
    if (mark === undefined) return [];
    if (this.#rules.own) {
      return [{ cachePoint: { type: 'default', ...(mark.ttl !== undefined && { ttl: mark.ttl }) } }];
    }
    if (!this.#rules.allowed || this.#skip > 0) {
      this.#skip--;
      this.#rules.losses.add('dropped', 'cache_control');
      return [];
    }
    return [{ cachePoint: { type: 'default', ...(this.#long(mark) && { ttl: '1h' }) } }];
  }

  /** Five minutes are the default, and of the rest Bedrock knows one hour only. */
  #long({ ttl = '5m' }: CacheMark): boolean {
    const long = ttl !== '5m' && !this.#shortSeen;
    if (!long) this.#shortSeen = true;
    if (ttl !== (long ? '1h' : '5m')) this.#rules.losses.add('clamped', 'cache_control');
    return long;
  }
}

function countMarks({ tools, instructions, turns, cache }: ChatRequest): number {
  const blocks = turns.flatMap((turn) => turn.blocks);
  const marked = [...tools, ...instructions, ...blocks].filter((part) => 'cache' in part && part.cache !== undefined);
  return marked.length + (cache.auto === undefined ? 0 : 1);
}
