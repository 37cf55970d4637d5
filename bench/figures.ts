import type { Table } from './bench.ts';
import { cpuOf, type Outcome, type Sample } from './measure.ts';
import { summaryOf, type Summary } from './statistics.ts';

/** 12,345 */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Three digits that mean something. */
export function short(value: number): string {
  if (Number.isNaN(value)) return '–';
  if (value >= 100 || Number.isInteger(value)) return whole(value);
  return value.toFixed(value >= 10 ? 1 : 2);
}

export function spread({ min, max }: Summary): string {
  return `${short(min)}–${short(max)}`;
}

export function ratio(value: number, yardstick: number): string {
  const times = value / yardstick;
  return Number.isFinite(times) ? `${times.toFixed(2)} ×` : '–';
}

/** What was measured under full load, compared with one of the contenders. */
export function loadTable(outcome: Outcome<Sample>, yardstick: string, unit = 'request'): Table {
  const base = cpuOf(outcome, yardstick).median;
  return {
    head: ['proxy', `CPU µs/${unit}`, 'spread', `against ${yardstick}`, `${unit}s/s`, 'spread', 'RSS MiB'],
    rows: [...outcome.samples].map(([name, samples]) => {
      const cpu = cpuOf(outcome, name);
      const perSecond = summaryOf(samples, (sample) => sample.perSecond);
      const resident = summaryOf(samples, (sample) => sample.residentMiB);
      return [
        name,
        short(cpu.median),
        spread(cpu),
        ratio(cpu.median, base),
        whole(perSecond.median),
        spread(perSecond),
        whole(resident.median),
      ];
    }),
  };
}

/** Failures of any run make its figures doubtful, so they are told. */
export function failures(outcome: Outcome<Sample>): string[] {
  return [...outcome.samples].flatMap(([name, samples]) => {
    const failed = samples.reduce((sum, sample) => sum + sample.failed, 0);
    const requests = samples.reduce((sum, sample) => sum + sample.requests, 0);
    return failed === 0 ? [] : [`**${name}: ${whole(failed)} of ${whole(requests)} requests failed.**`];
  });
}
