import type { Random } from '../balancer.ts';
import type { Timers } from '../health-watch.ts';
import { lookUp, type Address, type Question } from './look-up.ts';
import type { NameResolver } from './name-resolver.ts';

export interface NameWatchTools {
  readonly resolver: NameResolver;
  readonly timers: Timers;
  readonly random: Random;
  readonly onChange: () => void;
  /** The name could not be looked up, or leads nowhere any more; what it led to stays. */
  readonly onProblem: (problem: string) => void;
}

const WAIT_MS_MIN = 1000;
const RETRY_MS_MAX = 5000;
/** Looked up a little sooner at random, so that many gateways do not ask in step. */
const JITTER = 0.1;

/** Looks one name up again and again. What it last led to stays until it leads somewhere else. */
export class NameWatch {
  /** Settles when DNS has answered once, or has failed to. */
  readonly first: Promise<void>;
  everyMs: number;
  #addresses: readonly Address[] = [];
  readonly #question: Question;
  readonly #tools: NameWatchTools;
  #cancelTimer: (() => void) | undefined;
  #stopped = false;

  constructor(question: Question, everyMs: number, tools: NameWatchTools) {
    this.#question = question;
    this.everyMs = everyMs;
    this.#tools = tools;
    this.first = this.#ask();
  }

  get addresses(): readonly Address[] {
    return this.#addresses;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
  }

  async #ask(): Promise<void> {
    let waitMs = Math.min(this.everyMs, RETRY_MS_MAX);
    try {
      const { addresses, ttlMs } = await lookUp(this.#question, this.#tools.resolver);
      if (this.#stopped) return;
      if (addresses.length > 0) {
        waitMs = Math.min(this.everyMs, Math.max(ttlMs, WAIT_MS_MIN));
        this.#take(addresses);
      } else if (this.#addresses.length > 0) this.#tools.onProblem('DNS knows no address any more');
      else waitMs = this.everyMs;
    } catch (error) {
      if (!this.#stopped) this.#tools.onProblem(String(error));
    }
    if (!this.#stopped) this.#askIn(waitMs * (1 - JITTER * this.#tools.random()));
  }

  #askIn(waitMs: number): void {
    this.#cancelTimer = this.#tools.timers.after(waitMs, () => void this.#ask());
  }

  #take(addresses: readonly Address[]): void {
    if (sameAddresses(addresses, this.#addresses)) return;
    this.#addresses = addresses;
    this.#tools.onChange();
  }
}

/** Both sorted. */
function sameAddresses(ones: readonly Address[], others: readonly Address[]): boolean {
  return (
    ones.length === others.length &&
    ones.every(({ host, port, weight }, index) => {
      const other = others[index];
      return other?.host === host && other.port === port && other.weight === weight;
    })
  );
}
