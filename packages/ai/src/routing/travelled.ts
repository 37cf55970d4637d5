import type { FailureRule } from './failure-rules.ts';
import type { Candidate, Place } from './place.ts';

/** Where a call has been, and where it has no business any more. */
export class Travelled {
  readonly #contextTokensOf: (place: Place) => number | undefined;
  /** How often each was tried, by identity: two places may be the same account. */
  readonly #tries = new Map<string, number>();
  readonly #spent = new Set<string>();
  readonly #closed = new Set<Place>();
  /** Where another key would be a further try and no other way. */
  readonly #failed = new Set<Place>();
  #contextTokens: number | undefined;

  constructor(contextTokensOf: (place: Place) => number | undefined) {
    this.#contextTokensOf = contextTokensOf;
  }

  failed({ attempt: { identity }, place }: Candidate, { next, again }: FailureRule): void {
    this.#tries.set(identity, (this.#tries.get(identity) ?? 0) + 1);
    if (next === 'larger-context') this.#tooSmall(place);
    if (next === 'other-targets') this.#failed.add(place);
    if (again) return;
    if (next === 'other-targets') this.close(place);
    else this.#spent.add(identity);
  }

  /** The call has failed somewhere. */
  get hasFailed(): boolean {
    return this.#tries.size > 0;
  }

  close(place: Place): void {
    this.#closed.add(place);
  }

  /** It is not out of the question. */
  isOpen({ attempt, place }: Candidate): boolean {
    if (this.#closed.has(place) || this.#spent.has(attempt.identity)) return false;
    return this.#contextTokens === undefined || (this.#contextTokensOf(place) ?? 0) > this.#contextTokens;
  }

  /** The call has not failed there, nor beside it for a reason that concerns all keys. */
  isNew({ attempt, place }: Candidate): boolean {
    return !this.#tries.has(attempt.identity) && !this.#failed.has(place);
  }

  isLess({ attempt: one }: Candidate, { attempt: other }: Candidate): boolean {
    return (this.#tries.get(one.identity) ?? 0) < (this.#tries.get(other.identity) ?? 0);
  }

  /** Of a place whose limit nobody knows, nobody knows what is larger. */
  #tooSmall(place: Place): void {
    this.#contextTokens = Math.max(this.#contextTokens ?? 0, this.#contextTokensOf(place) ?? Infinity);
  }
}
