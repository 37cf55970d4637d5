import { SecondsRing } from './seconds-ring.ts';

const TTL_SECONDS = 10;
const RETRIES_PER_SECOND_MIN = 10;
/** The balance is kept in thousandths, because a hundred times 0.1 is not 10. */
const RETRY = 1000;

/**
 * Keeps retries a share of requests, so that they cannot multiply the load on an upstream that fails. Each request
 * deposits the share, each retry takes 1; both are forgotten after `TTL_SECONDS`. A floor of 10 retries per second lets
 * a quiet upstream retry too. A share of 0 allows none.
 */
export class RetryBudget {
  /** Of requests, 0 to 1. */
  readonly share: number;
  readonly #balance = new SecondsRing(TTL_SECONDS);

  constructor(share: number) {
    this.share = share;
  }

  deposit(nowMs: number): void {
    this.#balance.add(Math.round(this.share * RETRY), nowMs);
  }

  /** Takes one retry out of the budget when it holds one. */
  mayRetry(nowMs: number): boolean {
    if (this.share === 0) return false;
    if (this.#balance.sum(nowMs) + RETRIES_PER_SECOND_MIN * TTL_SECONDS * RETRY < RETRY) return false;
    this.#balance.add(-RETRY, nowMs);
    return true;
  }
}
