import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { readSpool } from '@gatehouse/record/spool';
import { counted, doubtful, fine, reasonOf, wrong, type Verdict } from './finding.ts';
import type { Scene } from './scene.ts';
import { durationText, sizeText } from './sizes.ts';

export interface SegmentFile {
  readonly sequence: number;
  readonly bytes: number;
  readonly modifiedMs: number;
}

const NAME = /^spool-(\d{16})\.ghs$/;
/** Only the newest file is read, and not for longer: what is older has been looked at by whoever ships it. */
const READ_MS = 2000;
/** Lines that begin otherwise stand beside records. */
const RECORD_START = '{"id":';

/** Files of records, oldest first; none when nothing has been recorded. */
export function segmentsIn(dataDir: string): readonly SegmentFile[] {
  const folder = path.join(dataDir, 'records');
  return namesIn(folder)
    .flatMap((name) => {
      const sequence = Number(NAME.exec(name)?.[1]);
      const stat = statSync(path.join(folder, name), { throwIfNoEntry: false });
      if (Number.isNaN(sequence) || stat === undefined) return [];
      return [{ sequence, bytes: stat.size, modifiedMs: stat.mtimeMs }];
    })
    .toSorted((a, b) => a.sequence - b.sequence);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // there is none before the first start
  }
}

/** What has been recorded, whether it can be read, and whether some of it is missing. */
export async function recordVerdicts({ options: { dataDir, nowMs } }: Scene): Promise<readonly Verdict[]> {
  const segments = segmentsIn(dataDir);
  const newest = segments.at(-1);
  if (newest === undefined) return [fine('none yet')];
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  const age = durationText(Math.max(0, nowMs() - newest.modifiedMs));
  const all = `${sizeText(bytes)} in ${counted(segments.length, 'file')}, written to ${age} ago`;
  try {
    const { lost, damages, lines } = await lookInto(path.join(dataDir, 'records'), newest.sequence);
    if (lost > 0)
      return [
        doubtful(
          `${all}; of the newest, ${counted(lost, 'record')} could not be written: look at the log for why, and at \`disk\``,
        ),
      ];
    if (damages > 0)
      return [
        doubtful(
          `${all}; the newest has ${counted(damages, 'place')} that cannot be read, as after a loss of power; what is around is read all the same`,
        ),
      ];
    return [fine(`${all}; the newest holds ${counted(lines, 'record')}, none missing`)];
  } catch (error) {
    return [
      wrong(`${all}, but they cannot be read (${reasonOf(error)}); let ${dataDir} belong to whoever runs the gate`),
    ];
  }
}

interface Contents {
  readonly lines: number;
  readonly lost: number;
  readonly damages: number;
}

async function lookInto(folder: string, sequence: number): Promise<Contents> {
  const found = { lines: 0, lost: 0, damages: 0 };
  const signal = AbortSignal.timeout(READ_MS);
  for await (const { lines, corrupt } of readSpool(folder, { sequence, offset: 0 }, { signal })) {
    if (corrupt !== undefined) found.damages++;
    for (const line of lines) {
      const lost = /^\{"gap":true,"lost":(\d+)/.exec(line)?.[1];
      if (lost !== undefined) found.lost += Number(lost);
      else if (line.startsWith(RECORD_START)) found.lines++;
    }
  }
  return found;
}
