/** How a kind of failure opens a circuit. */
export interface CircuitRule {
  /** Failures in a row that open it. */
  readonly threshold: number;
  /** How long the first opening lasts; each further one without a success between twice as long. */
  readonly firstMs: number;
  readonly capMs: number;
  /** Who else uses it fares the same, and is told. */
  readonly shared: boolean;
}

export interface CircuitFailure {
  readonly rule: CircuitRule;
  /** What the provider asked for; it opens at once then, for just so long. */
  readonly retryAfterMs: number | undefined;
  /** When the call that failed was begun. */
  readonly begunMs: number;
  readonly nowMs: number;
}

/** No provider may send calls away for longer. */
export const RETRY_AFTER_MS_MAX = 15 * 60_000;
/** A probe that nobody hears of any more must not keep a circuit open for ever. */
export const PROBE_MS_MAX = 60_000;

/**
 * Closed: calls pass. Open: they should not, until its time is up. Then it is half open: one call, the probe, decides.
 * At the probe's first token calls pass again, though on trial: a failure before a call has ended well reopens it. What
 * calls come to that had begun before it opened is old news.
 */
export class Circuit {
  readonly #onRest: ((forMs: number) => void) | undefined;
  #failures = 0;
  #openings = 0;
  #onTrial = false;
  #openedAtMs = Number.NEGATIVE_INFINITY;
  /** 0 while closed. */
  #untilMs = 0;
  /** 0 while no probe is on its way. */
  #probeUntilMs = 0;

  /** `onRest` hears for how long calls should stay away, if that holds for others as well. */
  constructor(onRest?: (forMs: number) => void) {
    this.#onRest = onRest;
  }

  get isClosed(): boolean {
    return this.#untilMs === 0;
  }

  /** From when on a call may pass: 0 while closed. */
  get readyAtMs(): number {
    return Math.max(this.#untilMs, this.#probeUntilMs);
  }

  /** True when the call that begins is the probe; whoever began it says `endProbe` whatever comes of it. */
  begin(atMs: number): boolean {
    if (this.isClosed || atMs < this.readyAtMs) return false;
    this.#probeUntilMs = atMs + PROBE_MS_MAX;
    return true;
  }

  endProbe(): void {
    this.#probeUntilMs = 0;
  }

  /** The first token of a call. */
  answers(begunMs: number): void {
    if (this.isClosed || begunMs < this.#openedAtMs) return;
    this.#close();
    this.#onTrial = true;
  }

  /** A call has ended well. */
  succeeded(begunMs: number): void {
    if (begunMs < this.#openedAtMs) return;
    this.#close();
    this.#failures = 0;
    this.#openings = 0;
    this.#onTrial = false;
  }

  failed(failure: CircuitFailure): void {
    const { rule, retryAfterMs, begunMs, nowMs } = failure;
    const asked = retryAfterMs === undefined ? undefined : Math.min(retryAfterMs, RETRY_AFTER_MS_MAX);
    if (begunMs < this.#openedAtMs || nowMs < this.#untilMs) {
      // Many fail at once when a provider goes down: they are one opening. One with a time of its own is heard, though.
      if (!this.isClosed && asked !== undefined && nowMs + asked > this.#untilMs) {
        this.#untilMs = nowMs + asked;
        if (rule.shared) this.#onRest?.(asked);
      }
      return;
    }
    this.#failures++;
    const opens = asked !== undefined || !this.isClosed || this.#onTrial || this.#failures >= rule.threshold;
    if (!opens || asked === 0) return;
    const ms = asked ?? Math.min(rule.firstMs * 2 ** this.#openings, rule.capMs);
    this.#open(nowMs, ms);
    if (rule.shared) this.#onRest?.(ms);
  }

  /** Somebody else was told, or has seen, that calls should stay away for so long. */
  rest(forMs: number, nowMs: number): void {
    if (nowMs + forMs > this.#untilMs) this.#open(nowMs, forMs);
  }

  #close(): void {
    this.#untilMs = 0;
    this.#probeUntilMs = 0;
  }

  #open(nowMs: number, ms: number): void {
    this.#openings = Math.min(this.#openings + 1, 30);
    this.#openedAtMs = nowMs;
    this.#untilMs = nowMs + ms;
    this.#probeUntilMs = 0;
    this.#failures = 0;
    this.#onTrial = false;
  }
}
