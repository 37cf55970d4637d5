import { expect, it } from 'vitest';
import { sampleObservation } from '../__fixtures__/sample-observation.ts';
import { leastRecord } from '../__fixtures__/sample-records.ts';
import { frameOf, writeSegment } from '../__fixtures__/spool-files.ts';
import { temporaryFolder } from '../__fixtures__/temporary-folder.ts';
import { observedLine } from '../observed-line.ts';
import { recordLine } from '../record-line.ts';
import { encodeHeader } from '../spool/segment-format.ts';
import { readObservations, type ReadObservationsOptions } from './read-observations.ts';
import { tailRecords } from './tail-records.ts';

const observed = (time: number): string => observedLine({ ...sampleObservation, time }).trimEnd();
const record = recordLine(leastRecord).trimEnd();

/** Two segments of a record and two observations each, begun at 10 and at 20. */
function folder(): string {
  const dir = temporaryFolder();
  for (const [index, at] of [10, 20].entries()) {
    const frames = [frameOf(observed(at), record, observed(at + 1))];
    writeSegment(dir, index + 1, Buffer.concat([encodeHeader({ createdAt: at }), ...frames]));
  }
  return dir;
}

it.each<[string, ReadObservationsOptions, readonly number[]]>([
  ['are read, the newest first', {}, [21, 20, 11, 10]],
  ['are read since then', { sinceMs: 11 }, [21, 20, 11]],
  ['are read up to so many', { last: 3 }, [21, 20, 11]],
  ['are read in the newest lines', { linesMax: 3 }, [21, 20]],
  ['are none later than all', { sinceMs: 100 }, []],
])('observations %s', async (_, options, expected) => {
  const found = await Array.fromAsync(readObservations(folder(), options));
  expect(found.map(({ time }) => time)).toEqual(expected);
});

it('whoever reads records meets no observation', async () => {
  const kinds = await Array.fromAsync(tailRecords(folder()), ({ kind }) => kind);
  expect(kinds).toEqual(['record', 'record']);
  const last = await Array.fromAsync(tailRecords(folder(), { last: 1 }), ({ kind }) => kind);
  expect(last).toEqual(['record']);
});
