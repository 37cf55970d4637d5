import { labelText, sampleName } from './exposition/metric-family.ts';
import type { RecordFamily } from './record-families.ts';
import type { Series, SeriesKind } from './series-family.ts';

export class CounterSeries implements Series {
  readonly values: readonly string[];
  usedMs = 0;
  /** Of money in millionths. */
  count = 0;

  constructor(values: readonly string[]) {
    this.values = values;
  }

  /** Whatever a record says: counters only grow. */
  add(count: number): void {
    if (count > 0) this.count += Math.min(count, Number.MAX_SAFE_INTEGER);
  }
}

export function counterKind(family: RecordFamily): SeriesKind<CounterSeries> {
  const name = sampleName(family);
  const inMillionths = family.unit === 'usd';
  return {
    make: (values) => new CounterSeries(values),
    write: ({ values, count }) =>
      `${name}${labelText(family.labels, values)} ${inMillionths ? millionths(count) : count}\n`,
  };
}

/** So many millionths as a decimal: sums stay exact while they are whole numbers. */
export function millionths(count: number): string {
  if (!Number.isSafeInteger(count)) return String(count / 1e6);
  const rest = String(count % 1e6).padStart(6, '0');
  return `${Math.floor(count / 1e6)}.${rest}`.replace(/\.?0+$/, '');
}
