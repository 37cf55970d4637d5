import { BoundedMap } from '../bounded-map.ts';
import type { Claims } from '../token-claims.ts';

const KNOWN_MAX = 10_000;
/** A token that nobody knows costs a question: no more of them at once. */
const FLIGHTS_MAX = 256;

interface Known {
  /** Undefined: not active. */
  readonly claims: Claims | undefined;
  readonly untilMs: number;
}

export interface Question {
  readonly ask: () => Promise<Claims | undefined>;
  readonly keptMs: { readonly active: number; readonly other: number };
  readonly nowMs: () => number;
}

/** What was answered about tokens, by their hashes; one question for all who wait for the same. */
export class AnswerBook {
  readonly #known = new BoundedMap<Known>(KNOWN_MAX);
  /** Apart, so that tokens that are made up do not drive out those that are not. */
  readonly #refused = new BoundedMap<Known>(KNOWN_MAX);
  readonly #flights = new Map<string, Promise<Claims | undefined>>();

  known(key: string, nowMs: number): Known | undefined {
    const known = this.#known.get(key) ?? this.#refused.get(key);
    return known !== undefined && nowMs < known.untilMs ? known : undefined;
  }

  async ask(key: string, question: Question): Promise<Claims | undefined> {
    const flight = this.#flights.get(key);
    if (flight !== undefined) return flight;
    if (this.#flights.size >= FLIGHTS_MAX) throw new Error('too many tokens are being asked about');
    const started = this.#answered(key, question);
    this.#flights.set(key, started);
    try {
      return await started;
    } finally {
      this.#flights.delete(key);
    }
  }

  async #answered(key: string, { ask, keptMs, nowMs }: Question): Promise<Claims | undefined> {
    const claims = await ask();
    const book = claims === undefined ? this.#refused : this.#known;
    this.#refused.delete(key);
    this.#known.delete(key);
    book.set(key, { claims, untilMs: nowMs() + (claims === undefined ? keptMs.other : keptMs.active) });
    return claims;
  }
}
