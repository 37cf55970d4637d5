import { labelList } from './exposition/metric-family.ts';
import { millionths } from './counter-series.ts';
import type { RecordFamily } from './record-families.ts';
import type { Series, SeriesKind } from './series-family.ts';

/** A call that stands for the others of its bucket. */
interface Exemplar {
  readonly traceId: string;
  readonly durationMs: number;
  readonly timeMs: number;
}

/** What no call takes; what says so is damaged, and must not spoil the sum. */
const MS_MAX = 1e12;
const EXEMPLAR_EVERY_MS = 1000;
const TRACE_ID = /^[0-9a-f]{32}$/;

export class HistogramSeries implements Series {
  readonly values: readonly string[];
  usedMs = 0;
  readonly #boundsMs: readonly number[];
  /** One a bucket, not added up; the last has no bound. */
  readonly counts: Float64Array;
  sumMicros = 0;
  exemplars: (Exemplar | undefined)[] | undefined;

  constructor(values: readonly string[], boundsMs: readonly number[]) {
    this.values = values;
    this.#boundsMs = boundsMs;
    this.counts = new Float64Array(boundsMs.length + 1);
  }

  /** Which bucket it fell into. Records have their times to a microsecond. */
  observe(ms: number): number {
    const bounded = ms > 0 ? Math.min(ms, MS_MAX) : 0;
    let bucket = 0;
    while (bucket < this.#boundsMs.length && bounded > (this.#boundsMs[bucket] ?? Infinity)) bucket++;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sumMicros += Math.round(bounded * 1000);
    return bucket;
  }

  /** One a second is enough of each bucket; what took no time, or went back in it, shows nothing. */
  show(bucket: number, exemplar: Exemplar): void {
    const { traceId, durationMs, timeMs } = exemplar;
    this.exemplars ??= [];
    if (timeMs < (this.exemplars[bucket]?.timeMs ?? 0) + EXEMPLAR_EVERY_MS) return;
    if (durationMs >= 0 && timeMs <= MS_MAX * 1000 && TRACE_ID.test(traceId)) this.exemplars[bucket] = exemplar;
  }
}

/** `_count` and `_sum` beside the buckets, of which the last has no bound. */
const MORE_LINES = 3;

export const linesOf = ({ bounds }: RecordFamily): number => (bounds === undefined ? 1 : bounds.length + MORE_LINES);

export function histogramKind({ name, labels, bounds = [] }: RecordFamily): SeriesKind<HistogramSeries> {
  const boundsMs = bounds.map((seconds) => seconds * 1000);
  const les = [...bounds.map(leOf), '+Inf'];
  return {
    make: (values) => new HistogramSeries(values, boundsMs),
    write: ({ values, counts, sumMicros, exemplars }) => {
      const list = labelList(labels, values);
      const own = list === '' ? '' : `${list},`;
      let text = '';
      let count = 0;
      for (const [bucket, le] of les.entries()) {
        count += counts[bucket] ?? 0;
        text += `${name}_bucket{${own}le="${le}"} ${count}${exemplarText(exemplars?.[bucket])}\n`;
      }
      const braced = list === '' ? '' : `{${list}}`;
      return `${text}${name}_count${braced} ${count}\n${name}_sum${braced} ${millionths(sumMicros)}\n`;
    },
  };
}

/** In OpenMetrics a bound shows that it is a number of any size; one text for both formats makes one series of it. */
const leOf = (seconds: number): string => (Number.isInteger(seconds) ? `${seconds}.0` : String(seconds));

function exemplarText(exemplar: Exemplar | undefined): string {
  if (exemplar === undefined) return '';
  const { traceId, durationMs, timeMs } = exemplar;
  return ` # {trace_id="${traceId}"} ${durationMs / 1000} ${(timeMs / 1000).toFixed(3)}`;
}
