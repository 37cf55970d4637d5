import type { Json, JsonFields } from '../../canonical/json.ts';
import { listOf } from '../chat-shaped/members.ts';

/** Likelihoods come with each delta and belong to the answer as a whole. */
export class LogprobsReader {
  #first: JsonFields | undefined;
  readonly #lists = new Map<string, Json[]>();

  read(logprobs: JsonFields | undefined): void {
    if (logprobs === undefined) return;
    this.#first ??= logprobs;
    for (const name of LISTS) {
      const items = listOf(logprobs[name]);
      if (items === undefined) continue;
      const list = this.#lists.get(name) ?? [];
      for (const item of items) list.push(item);
      this.#lists.set(name, list);
    }
  }

  /** Undefined when none came. */
  value(): Json | undefined {
    return this.#first && { ...this.#first, ...Object.fromEntries(this.#lists) };
  }
}

const LISTS = ['content', 'refusal'] as const;
