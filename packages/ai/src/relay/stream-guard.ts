import { GatehouseError } from '@gatehouse/kernel';
import { StreamFold } from '../canonical/fold-stream.ts';
import type { StreamEvent } from '../canonical/stream-event.ts';
import type { GuardedCall } from '../guards/guarded-call.ts';
import type { StreamFilter } from '../guards/stream-filter.ts';

/** As much of a stream is gathered to be judged as a whole. */
const GATHERED_CHARS_MAX = 8 * 1024 * 1024;
/** About what an event weighs beside its text, so that many small ones are bounded too. */
const EVENT_CHARS = 64;

/** One stream on its way through the guards of its call: at once, or all at its end where somebody judges the whole. */
export class StreamGuard {
  readonly gathers: boolean;
  /** Something of the answer has been let through. */
  shows = false;
  readonly #guards: GuardedCall;
  readonly #filter: StreamFilter;
  #gathered: StreamEvent[] = [];
  #chars = 0;
  #objected = false;

  constructor(guards: GuardedCall) {
    this.#guards = guards;
    this.#filter = guards.streamFilter();
    this.gathers = guards.gathers;
  }

  get blocked(): boolean {
    return this.#objected || this.#filter.blocked;
  }

  /** What may be shown now. */
  push(event: StreamEvent): readonly StreamEvent[] {
    if (this.gathers) {
      this.#gather(event);
      return [];
    }
    const passed = this.#filter.push(event);
    this.shows ||= passed.some(isAnswer);
    return passed;
  }

  #gather(event: StreamEvent): void {
    this.#chars += EVENT_CHARS + charsOf(event);
    if (this.#chars > GATHERED_CHARS_MAX) {
      throw new GatehouseError('provider.unavailable', 'the stream is too long to be judged as a whole');
    }
    this.#gathered.push(event);
  }

  /** What was held back, when a stream breaks off; of what has to be judged as a whole, nothing. */
  flush(): readonly StreamEvent[] {
    return this.gathers ? [] : this.#filter.flush();
  }

  /** All that may be shown of a gathered stream that is complete. */
  async judged(): Promise<readonly StreamEvent[]> {
    const fold = new StreamFold();
    for (const event of this.#gathered) fold.add(event);
    const reply = fold.end();
    if (reply === undefined || 'kind' in reply) {
      throw new GatehouseError('provider.unavailable', 'the stream makes no whole answer');
    }
    this.#objected = (await this.#guards.moderateReply(reply)) === 'block';
    if (this.#objected) return [];
    const passed = this.#gathered.flatMap((event) => this.#filter.push(event));
    this.#gathered = [];
    if (this.blocked) return [];
    this.shows = true;
    return passed;
  }
}

function charsOf(event: StreamEvent): number {
  if (event.t === 'delta' && 'text' in event.delta) return event.delta.text.length;
  if (event.t === 'delta' && 'input' in event.delta) return event.delta.input.length;
  // Pictures, signatures, probabilities: rare, and as long as they like.
  return JSON.stringify(event).length;
}

function isAnswer(event: StreamEvent): boolean {
  return event.t === 'delta' || (event.t === 'block' && event.block.type === 'tool_call');
}
