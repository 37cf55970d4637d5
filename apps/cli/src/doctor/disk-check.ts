import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { doubtful, fine, reasonOf, wrong, type Verdict } from './finding.ts';
import { segmentsIn } from './records-check.ts';
import type { Scene } from './scene.ts';
import { sizeText } from './sizes.ts';

/** As the recorder bounds its folder, and one file in it. */
const RECORDS_BYTES_MAX = 1_073_741_824;
const SEGMENT_BYTES = 67_108_864;
const INODES_LEAST = 1000;
/** Kinds of file systems, as `statfs(2)` lists them: tmpfs and ramfs; NFS and those of Windows. */
const IN_MEMORY: ReadonlySet<number> = new Set([0x01_02_19_94, 0x85_84_58_f6]);
const ON_NETWORK: ReadonlySet<number> = new Set([0x69_69, 0x51_7b, 0xff_53_4d_42, 0xfe_53_4d_42]);

/** Whether the data folder has room for what the gate may write to it, and keeps it. */
export function diskVerdicts(scene: Scene): readonly Verdict[] {
  const folder = existing(scene.options.dataDir);
  try {
    const { bavail, bsize, files, ffree, type } = scene.fileSystem(folder);
    const recorded = segmentsIn(scene.options.dataDir).reduce((sum, { bytes }) => sum + bytes, 0);
    return [
      roomVerdict(bavail * bsize, Math.max(0, RECORDS_BYTES_MAX - recorded)),
      ...(files > 0 && ffree < INODES_LEAST
        ? [doubtful(`${folder} has room for ${ffree} more files only; remove some of that file system`)]
        : []),
      ...kindVerdicts(folder, type),
    ];
  } catch (error) {
    return [doubtful(`the file system of ${folder} does not say how much room there is (${reasonOf(error)})`)];
  }
}

function roomVerdict(free: number, needed: number): Verdict {
  const room = `${sizeText(free)} free`;
  const takes = `records may take ${sizeText(needed)} more`;
  if (free < SEGMENT_BYTES)
    return wrong(`${room}, not enough to record calls; make room, or choose another folder with --data`);
  if (free < needed) return doubtful(`${room}, but ${takes}; make room, or choose another folder with --data`);
  return fine(`${room}; ${takes}`);
}

function kindVerdicts(folder: string, type: number): readonly Verdict[] {
  if (IN_MEMORY.has(type)) {
    const lost = 'records, quotas and keys are gone when the machine restarts';
    return [doubtful(`${folder} is in memory: ${lost}; choose another with --data`)];
  }
  if (!ON_NETWORK.has(type)) return [];
  return [doubtful(`${folder} is on another machine, where locks may not hold; choose a local one with --data`)];
}

/** The folder, or the nearest above it that is there. */
function existing(folder: string): string {
  const parent = path.dirname(folder);
  return (existsSync(folder) && statSync(folder).isDirectory()) || parent === folder ? folder : existing(parent);
}
