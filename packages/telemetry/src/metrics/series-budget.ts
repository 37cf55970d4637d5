/** How many time series there may be: lines of samples, so a histogram with 14 bounds counts 17. */
export interface SeriesLimits {
  readonly seriesMax: number;
  readonly familySeriesMax: number;
}

/**
 * Up to which share of the budgets a series may be added: `plain` as it was called, `partly` with some of its labels
 * `other`, `folded` with all of those of which there may be any number. So what says least finds room longest.
 */
const SHARES = { plain: 0.9, partly: 0.95, folded: 1 } as const;
export type Fold = keyof typeof SHARES;

/** What all families may use together. */
export class SeriesBudget {
  readonly #limits: SeriesLimits;
  #used = 0;

  constructor(limits: SeriesLimits) {
    this.#limits = limits;
  }

  get used(): number {
    return this.#used;
  }

  take(lines: number, family: { readonly used: number; readonly share: number }): boolean {
    const { seriesMax, familySeriesMax } = this.#limits;
    if (family.used + lines > familySeriesMax * family.share) return false;
    if (this.#used + lines > seriesMax * family.share) return false;
    this.#used += lines;
    return true;
  }

  giveBack(lines: number): void {
    this.#used -= lines;
  }
}

/** What one family uses. */
export class FamilyBudget {
  readonly #all: SeriesBudget;
  readonly #lines: number;
  #used = 0;
  /** Calls that were counted under `other`. */
  folded = 0;

  /** Keeps room for its last resort, the series in which all labels are `other`; `lines` are those of one series. */
  constructor(all: SeriesBudget, lines: number) {
    this.#all = all;
    this.#lines = lines;
    if (!this.takes('folded')) throw new RangeError('the budget of series has no room for one of each family');
  }

  get used(): number {
    return this.#used;
  }

  giveBack(series: number): void {
    this.#used -= series * this.#lines;
    this.#all.giveBack(series * this.#lines);
  }

  takes(fold: Fold): boolean {
    if (!this.#all.take(this.#lines, { used: this.#used, share: SHARES[fold] })) return false;
    this.#used += this.#lines;
    return true;
  }
}
