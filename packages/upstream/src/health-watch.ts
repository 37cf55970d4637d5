import type { EndpointSpec, HealthSpec } from '@gatehouse/config';
import type { Random } from './balancer.ts';

/** Whether the endpoint is well. Settles within the spec's timeout; a rejection counts as unwell. */
export type Probe = (endpoint: EndpointSpec, health: HealthSpec, signal: AbortSignal) => Promise<boolean>;

/** Time as an argument, so that tests own it. */
export interface Timers {
  /** Runs `run` once after `delayMs` unless the returned function is called before. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemTimers: Timers = {
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export interface WatchTarget {
  readonly endpoint: EndpointSpec;
  readonly health: HealthSpec;
}

export interface WatchTools {
  readonly probe: Probe;
  readonly timers: Timers;
  readonly random: Random;
  readonly onChange: (healthy: boolean) => void;
}

/** Intervals vary by this much to both sides, so that checks of many gateways do not beat in step. */
const JITTER = 0.1;

/** Probes one endpoint again and again, one probe at a time, and tells when the verdict changes. */
export class HealthWatch {
  #target: WatchTarget;
  readonly #tools: WatchTools;
  readonly #stopped = new AbortController();
  /** Undefined while a probe is under way. */
  #cancelTimer: (() => void) | undefined;
  #healthy = true;
  /** Probes in a row that speak against the verdict. */
  #against = 0;

  constructor(target: WatchTarget, tools: WatchTools) {
    this.#target = target;
    this.#tools = tools;
    this.#scheduleFirst();
  }

  /** Takes a new configuration; what was found so far stays. */
  configure(target: WatchTarget): void {
    const intervalChanged = target.health.intervalMs !== this.#target.health.intervalMs;
    this.#target = target;
    if (!intervalChanged || this.#cancelTimer === undefined) return;
    this.#cancelTimer();
    this.#scheduleFirst();
  }

  stop(): void {
    this.#stopped.abort();
    this.#cancelTimer?.();
  }

  /** Anywhere in the first interval: endpoints that start together are not probed together. */
  #scheduleFirst(): void {
    this.#schedule(this.#tools.random() * this.#target.health.intervalMs);
  }

  #schedule(delayMs: number): void {
    this.#cancelTimer = this.#tools.timers.after(delayMs, () => {
      this.#cancelTimer = undefined;
      void this.#probeOnce();
    });
  }

  async #probeOnce(): Promise<void> {
    const passed = await this.#passes();
    if (this.#stopped.signal.aborted) return;
    this.#count(passed);
    const { intervalMs } = this.#target.health;
    this.#schedule(intervalMs * (1 - JITTER + 2 * JITTER * this.#tools.random()));
  }

  async #passes(): Promise<boolean> {
    try {
      return await this.#tools.probe(this.#target.endpoint, this.#target.health, this.#stopped.signal);
    } catch {
      return false;
    }
  }

  #count(passed: boolean): void {
    this.#against = passed === this.#healthy ? 0 : this.#against + 1;
    const { unhealthyAfter, healthyAfter } = this.#target.health;
    if (this.#against < (this.#healthy ? unhealthyAfter : healthyAfter)) return;
    this.#against = 0;
    this.#healthy = passed;
    this.#tools.onChange(passed);
  }
}
