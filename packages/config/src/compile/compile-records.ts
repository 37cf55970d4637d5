import { bytes, milliseconds } from '../forms/units.ts';
import type { RecordsSource } from '../schema/records-schema.ts';
import type { RecordsSpec } from '../snapshot.ts';
import type { Compilation } from './compilation.ts';

const YEAR_MS = 366 * 86_400_000;

export function compileRecords(source: RecordsSource, { places, report }: Compilation): RecordsSpec {
  const { keep } = source;
  const spec: RecordsSpec = {
    bytesMax: bytes(source.maxSize),
    ...(keep !== undefined && {
      recordsMs: milliseconds(keep.records),
      bodiesMs: milliseconds(keep.bodies),
      minutesMs: milliseconds(keep.minutes),
      hoursMs: milliseconds(keep.hours),
      ledgerMs: keep.ledgerYears * YEAR_MS,
    }),
  };
  const { recordsMs = 0, minutesMs = recordsMs, hoursMs = minutesMs } = spec;
  if (keep !== undefined && minutesMs < recordsMs)
    report.problem(
      places.at(keep, 'minutes'),
      'is less than `records`, which minutes are made of; write at least that',
    );
  if (keep !== undefined && hoursMs < minutesMs)
    report.problem(places.at(keep, 'hours'), 'is less than `minutes`; write at least that');
  return spec;
}
