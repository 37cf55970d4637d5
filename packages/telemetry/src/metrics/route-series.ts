import type { CounterSeries } from './counter-series.ts';
import type { FamilySet } from './family-set.ts';
import type { HistogramSeries } from './histogram-series.ts';
import { LabelTree } from './label-tree.ts';
import { RECORD_FAMILIES } from './record-families.ts';
import type { Series, SeriesFamily } from './series-family.ts';

/** What every request of a route counts in, looked up together because all requests do. */
export interface RouteSeries {
  readonly duration: HistogramSeries;
  readonly gateway: HistogramSeries;
  readonly bytesIn: CounterSeries;
  readonly bytesOut: CounterSeries;
}

interface KeptSeries extends RouteSeries {
  /** Families in which the route is `other`; each call says so. */
  readonly foldedIn: readonly SeriesFamily<Series>[];
  /** From then on there may be room for it. */
  readonly untilMs: number;
}

const KEPT_MAX = 10_000;
const FOLDED_FOR_MS = 60_000;

/** Finds the series of a route, and remembers them. */
export class RoutesSeries {
  readonly #set: FamilySet;
  readonly #families;
  readonly #kept = new LabelTree<KeptSeries>();
  #count = 0;
  #generation = 0;

  constructor(set: FamilySet) {
    this.#set = set;
    this.#families = {
      duration: set.histogram(RECORD_FAMILIES.duration),
      gateway: set.histogram(RECORD_FAMILIES.gateway),
      bytesIn: set.counter(RECORD_FAMILIES.bytesIn),
      bytesOut: set.counter(RECORD_FAMILIES.bytesOut),
    };
  }

  /** `route` is api, version and route. */
  at(route: readonly string[], nowMs: number): RouteSeries {
    if (this.#generation !== this.#set.generation) this.#forget();
    const kept = this.#kept.find(route);
    if (kept === undefined || nowMs >= kept.untilMs) return this.#lookUp(route, nowMs);
    kept.duration.usedMs = nowMs;
    kept.gateway.usedMs = nowMs;
    kept.bytesIn.usedMs = nowMs;
    kept.bytesOut.usedMs = nowMs;
    for (const family of kept.foldedIn) family.countFolded();
    return kept;
  }

  #lookUp(route: readonly string[], nowMs: number): RouteSeries {
    const { duration, gateway, bytesIn, bytesOut } = this.#families;
    const all = [duration, gateway, bytesIn, bytesOut];
    const foldedBefore = all.map(({ folded }) => folded);
    const found = {
      duration: duration.at(route, nowMs),
      gateway: gateway.at(route.slice(0, 2), nowMs),
      bytesIn: bytesIn.at(route, nowMs),
      bytesOut: bytesOut.at(route, nowMs),
    };
    const foldedIn = all.filter(({ folded }, index) => folded !== foldedBefore[index]);
    // Looking up may have made room, and then others that are kept here count nowhere any more.
    if (this.#generation !== this.#set.generation || this.#count >= KEPT_MAX) this.#forget();
    this.#kept.set(route, { ...found, foldedIn, untilMs: foldedIn.length > 0 ? nowMs + FOLDED_FOR_MS : Infinity });
    this.#count++;
    return found;
  }

  #forget(): void {
    this.#kept.clear();
    this.#count = 0;
    this.#generation = this.#set.generation;
  }
}
