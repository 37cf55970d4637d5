import type { CredentialSpec, TokenLimitSpec } from '@gatehouse/config';
import type { Limit, Verdict } from '@gatehouse/counters';
import { hash64, type Hash64 } from '@gatehouse/kernel';
import type { House } from '../house.ts';

interface Counted {
  readonly key: Hash64;
  readonly limit: Limit;
}

/** The limits on tokens of one call's application: the prompt counts before it is sent, the answer when it is known. */
export class AiTokenLimits {
  readonly #house: House;
  readonly #counted: readonly Counted[];
  #taken = 0;
  #nearest: { readonly limit: number; readonly verdict: Verdict } | undefined;

  constructor(house: House, credential: CredentialSpec | undefined) {
    this.#house = house;
    this.#counted = (credential?.tokenLimits ?? []).map((spec) => counted(credential?.application ?? '', spec));
  }

  get none(): boolean {
    return this.#counted.length === 0;
  }

  /** The verdict that refuses the call, or undefined. */
  take(promptTokens: number): Verdict | undefined {
    const nowMs = this.#house.clock.now();
    for (const { key, limit } of this.#counted) {
      const verdict = this.#house.counters.take(key, promptTokens, limit, nowMs);
      if (!verdict.allowed) return verdict;
      if (this.#nearest === undefined || verdict.remaining < this.#nearest.verdict.remaining) {
        this.#nearest = { limit: limit.limit, verdict };
      }
    }
    this.#taken = promptTokens;
    return undefined;
  }

  /** What was used beyond the prompt's estimate counts in full, or as far as there is room: what is sent is sent. */
  settle(usedTokens: number): void {
    const rest = usedTokens - this.#taken;
    if (rest <= 0) return;
    const nowMs = this.#house.clock.now();
    for (const { key, limit } of this.#counted) {
      const { remaining } = this.#house.counters.take(key, 0, limit, nowMs);
      this.#house.counters.take(key, Math.min(rest, Math.floor(remaining)), limit, nowMs);
    }
  }

  /** What is left, in the words of OpenAI's own limits. */
  get headers(): Readonly<Record<string, string>> {
    if (this.#nearest === undefined) return {};
    const { limit, verdict } = this.#nearest;
    return {
      'x-ratelimit-limit-tokens': String(limit),
      'x-ratelimit-remaining-tokens': String(Math.floor(verdict.remaining)),
      'x-ratelimit-reset-tokens': `${Math.ceil(verdict.resetMs)}ms`,
    };
  }
}

function counted(application: string, { tokens, windowMs }: TokenLimitSpec): Counted {
  const limit: Limit = { limit: tokens, windowMs, algorithm: 'sliding-window' };
  return { key: hash64(`tokens\n${application}\n${windowMs}`), limit };
}
