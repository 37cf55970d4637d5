import { readdirSync, readFileSync } from 'node:fs';

/** /proc counts CPU time in hundredths of a second on every Linux that Node runs on. */
const MICROS_PER_TICK = 10_000;

interface Stat {
  readonly parent: number;
  readonly ticks: number;
}

/** User and system time of a process, its threads, its descendants and those of them that have ended, in µs. */
export function cpuMicros(root: number): number {
  const stats = allStats();
  return (
    treeIn(stats, root)
      .map((pid) => stats.get(pid)?.ticks ?? 0)
      .reduce((sum, ticks) => sum + ticks, 0) * MICROS_PER_TICK
  );
}

/** Resident memory of a process and its descendants. Pages that they share count more than once. */
export function residentMiB(root: number): number {
  const kilobytes = processTree(root).map((pid) => {
    const line = /^VmRSS:\s+(\d+) kB$/m.exec(readQuietly(`/proc/${pid}/status`));
    return Number(line?.[1] ?? 0);
  });
  return kilobytes.reduce((sum, size) => sum + size, 0) / 1024;
}

/** The process and all its descendants, parents first. */
export function processTree(root: number): number[] {
  return treeIn(allStats(), root);
}

function treeIn(stats: ReadonlyMap<number, Stat>, root: number): number[] {
  const tree = stats.has(root) ? [root] : [];
  for (const parent of tree) for (const [pid, stat] of stats) if (stat.parent === parent) tree.push(pid);
  return tree;
}

function allStats(): Map<number, Stat> {
  const stats = new Map<number, Stat>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = parseStat(readQuietly(`/proc/${name}/stat`));
    if (stat !== undefined) stats.set(Number(name), stat);
  }
  return stats;
}

/** One line of /proc/PID/stat. The command in brackets may hold anything, so counting begins behind the last bracket. */
export function parseStat(line: string): Stat | undefined {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [, parent] = fields;
  // utime, stime, and cutime, cstime of children that have ended
  const times = fields.slice(11, 15).map(Number);
  if (parent === undefined || times.length < 4) return undefined;
  return { parent: Number(parent), ticks: times.reduce((sum, ticks) => sum + ticks, 0) };
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // it ended between the listing and the reading
  }
}
