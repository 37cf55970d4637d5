import { counterKind, type CounterSeries } from './counter-series.ts';
import { histogramKind, linesOf, type HistogramSeries } from './histogram-series.ts';
import type { RecordFamily } from './record-families.ts';
import { FamilyBudget, SeriesBudget } from './series-budget.ts';
import { SeriesFamily, type Series, type SeriesKind } from './series-family.ts';

export interface FamilySetOptions {
  /** Most time series in all, and of one family; a histogram with 14 bounds has 17 for each label set. */
  readonly seriesMax?: number;
  readonly familySeriesMax?: number;
  /** A series of which nothing was counted for so long makes room for others when there is none. */
  readonly idleMs?: number;
}

const SERIES_MAX = 20_000;
const FAMILY_SERIES_MAX = 5000;
const IDLE_MS = 24 * 3_600_000;
/** Looking for idle series reads all of them. */
const MAKE_ROOM_EVERY_MS = 60_000;

type AnyFamily = Pick<SeriesFamily<Series>, 'family' | 'used' | 'folded' | 'forget' | 'render'>;

/** Families with one budget. */
export class FamilySet {
  readonly seriesMax: number;
  readonly #budget: SeriesBudget;
  readonly #idleMs: number;
  readonly #families: AnyFamily[] = [];
  #madeRoomMs = 0;
  #generation = 0;

  constructor({
    seriesMax = SERIES_MAX,
    familySeriesMax = FAMILY_SERIES_MAX,
    idleMs = IDLE_MS,
  }: FamilySetOptions = {}) {
    this.seriesMax = seriesMax;
    this.#budget = new SeriesBudget({ seriesMax, familySeriesMax });
    this.#idleMs = idleMs;
  }

  get families(): readonly AnyFamily[] {
    return this.#families;
  }

  /** Grows when series are forgotten: who keeps any looks them up again. */
  get generation(): number {
    return this.#generation;
  }

  get seriesUsed(): number {
    return this.#budget.used;
  }

  counter(family: RecordFamily): SeriesFamily<CounterSeries> {
    return this.#added(family, counterKind(family));
  }

  histogram(family: RecordFamily): SeriesFamily<HistogramSeries> {
    return this.#added(family, histogramKind(family));
  }

  /** Without an end. */
  render(): string {
    return this.#families.map((family) => family.render()).join('');
  }

  #added<S extends Series>(family: RecordFamily, kind: SeriesKind<S>): SeriesFamily<S> {
    const budget = new FamilyBudget(this.#budget, linesOf(family));
    const added = new SeriesFamily({ family, kind, budget, makeRoom: (nowMs) => this.#makeRoom(nowMs) });
    this.#families.push(added);
    return added;
  }

  #makeRoom(nowMs: number): boolean {
    if (nowMs < this.#madeRoomMs + MAKE_ROOM_EVERY_MS) return false;
    this.#madeRoomMs = nowMs;
    let forgotten = 0;
    for (const family of this.#families) forgotten += family.forget(nowMs - this.#idleMs);
    if (forgotten > 0) this.#generation++;
    return forgotten > 0;
  }
}
