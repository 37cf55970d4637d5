import { headLines } from './exposition/metric-family.ts';
import { LabelTree } from './label-tree.ts';
import type { RecordFamily } from './record-families.ts';
import type { FamilyBudget } from './series-budget.ts';

/** One label set with what is counted of it. */
export interface Series {
  readonly values: readonly string[];
  /** When something was counted last. */
  usedMs: number;
}

export const OTHER = 'other';
/** Longer values are cut: names that people give are shorter. */
const VALUE_CHARS_MAX = 200;

/** What the series of a family are like: how they are made and written. */
export interface SeriesKind<S extends Series> {
  make(values: readonly string[]): S;
  /** Lines with their ends. */
  write(series: S): string;
}

export interface SeriesFamilyOptions<S extends Series> {
  readonly family: RecordFamily;
  readonly kind: SeriesKind<S>;
  readonly budget: FamilyBudget;
  /** Forgets what nobody has called for long; whether that made room. */
  readonly makeRoom: (nowMs: number) => boolean;
}

/**
 * The series of one family. While there is room, every label set gets its own; then labels become `other`, one after
 * the other, until a series is found or fits. There is always room for the one in which all are.
 */
export class SeriesFamily<S extends Series> {
  readonly family: RecordFamily;
  readonly #kind: SeriesKind<S>;
  readonly #budget: FamilyBudget;
  readonly #makeRoom: (nowMs: number) => boolean;
  /** Places of labels in the order in which they become `other`. */
  readonly #foldFirst: readonly number[];
  readonly #tree = new LabelTree<S>();
  #series: S[] = [];
  #last: S | undefined;

  constructor({ family, kind, budget, makeRoom }: SeriesFamilyOptions<S>) {
    this.family = family;
    this.#kind = kind;
    this.#budget = budget;
    this.#makeRoom = makeRoom;
    this.#foldFirst = family.foldFirst.map((label) => family.labels.indexOf(label));
  }

  get used(): number {
    return this.#budget.used;
  }

  get folded(): number {
    return this.#budget.folded;
  }

  countFolded(): void {
    this.#budget.folded++;
  }

  at(values: readonly string[], nowMs: number): S {
    const series = this.#tree.find(values) ?? this.#admitted(asWritable(values), nowMs);
    series.usedMs = nowMs;
    return series;
  }

  /** Series that nothing was counted of since then; scrapers take it as a restart when they come back. */
  forget(beforeMs: number): number {
    const kept = this.#series.filter((series) => series.usedMs >= beforeMs || series === this.#last);
    const forgotten = this.#series.length - kept.length;
    if (forgotten === 0) return 0;
    this.#budget.giveBack(forgotten);
    this.#series = kept;
    this.#tree.clear();
    for (const series of kept) this.#tree.set(series.values, series);
    return forgotten;
  }

  render(): string {
    if (this.#series.length === 0) return '';
    let text = headLines(this.family)
      .map((line) => `${line}\n`)
      .join('');
    for (const series of this.#series) text += this.#kind.write(series);
    return text;
  }

  #admitted(values: readonly string[], nowMs: number): S {
    const found = this.#tree.find(values);
    if (found !== undefined) return found;
    if (this.#takesPlain(nowMs)) return this.#add(values);
    this.#budget.folded++;
    return this.#fold(values);
  }

  #takesPlain(nowMs: number): boolean {
    return this.#budget.takes('plain') || (this.#makeRoom(nowMs) && this.#budget.takes('plain'));
  }

  #fold(values: readonly string[]): S {
    const folded = [...values];
    for (const place of this.#foldFirst) {
      folded[place] = OTHER;
      const found = this.#tree.find(folded);
      if (found !== undefined) return found;
      if (this.#budget.takes(place === this.#foldFirst.at(-1) ? 'folded' : 'partly')) return this.#add(folded);
    }
    return this.#lastResort();
  }

  #lastResort(): S {
    const values = this.family.labels.map(() => OTHER);
    this.#last ??= this.#tree.find(values) ?? this.#add(values);
    return this.#last;
  }

  #add(values: readonly string[]): S {
    const series = this.#kind.make(values);
    this.#tree.set(values, series);
    this.#series.push(series);
    return series;
  }
}

/** A lone half of a character would become the same as any other, and NUL ends the text for some. */
const UNWRITABLE = /[\0\ud800-\udfff]/;

function asWritable(values: readonly string[]): readonly string[] {
  return values.every((value) => value.length <= VALUE_CHARS_MAX && !UNWRITABLE.test(value))
    ? values
    : values.map((value) => value.slice(0, VALUE_CHARS_MAX).toWellFormed().replaceAll('\0', '\ufffd'));
}
