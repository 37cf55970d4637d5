import { SlidingSum } from './sliding-sum.ts';

export const BUDGET_WINDOW_MS = 60_000;
/** What a model with few calls may retry in a window too. */
export const RETRIES_MIN = 10;
/** The balance is kept in thousandths, because a hundred times 0.1 is not 10. */
const RETRY = 1000;

/**
 * Keeps further tries a share of calls, so that they cannot multiply the load on a provider that fails. The idea is that
 * of the budget for upstreams; the window is longer and the floor lower, because calls are fewer, longer and dearer.
 */
export class RetryBudget {
  /** Of calls, 0 to 1; another snapshot may say otherwise. */
  share: number;
  readonly #balance = new SlidingSum(BUDGET_WINDOW_MS);

  constructor(share: number) {
    this.share = share;
  }

  deposit(nowMs: number): void {
    this.#balance.add(Math.round(this.share * RETRY), nowMs);
  }

  /** Takes one try out of the budget when it holds one. */
  mayRetry(nowMs: number): boolean {
    if (this.share === 0 || this.#balance.sum(nowMs) + RETRIES_MIN * RETRY < RETRY) return false;
    this.#balance.add(-RETRY, nowMs);
    return true;
  }
}
