/**
 * Notices who says nothing any more. Silence is counted in ticks of the listener's own: ticks that did not come, since
 * the listener stalled itself or the machine slept, are nobody's silence.
 */
export class SilenceWatch<T> {
  readonly #ticksMax: number;
  readonly #onSilent: (who: T) => void;
  /** Since each was heard last. */
  readonly #ticks = new Map<T, number>();

  constructor(ticksMax: number, onSilent: (who: T) => void) {
    this.#ticksMax = ticksMax;
    this.#onSilent = onSilent;
  }

  /** Whoever has not said anything yet is still starting, and not listened for. */
  heard(who: T): void {
    this.#ticks.set(who, 0);
  }

  left(who: T): void {
    this.#ticks.delete(who);
  }

  tick(): void {
    for (const [who, before] of this.#ticks) {
      this.#ticks.set(who, before + 1);
      if (before + 1 === this.#ticksMax) this.#onSilent(who);
    }
  }
}
