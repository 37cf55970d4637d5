import { describe, expect, it } from 'vitest';
import { cpuMicros, parseStat, processTree, residentMiB } from './process-tree.ts';

describe('the CPU time of a process tree', () => {
  it('reads a stat line whose command holds brackets and spaces', () => {
    const line = '42 (a) (b c) S 7 42 42 0 -1 4194560 100 0 0 0 11 22 3 4 20 0 1 0 100 1000 10 1 1';
    expect(parseStat(line)).toEqual({ parent: 7, ticks: 40 });
  });

  it('knows nothing of a line that is cut short', () => {
    expect(parseStat('')).toBeUndefined();
    expect(parseStat('42 (node) S 7 42')).toBeUndefined();
  });

  it.runIf(process.platform === 'linux')('grows with what this process does', () => {
    const before = cpuMicros(process.pid);
    const { user, system } = process.cpuUsage();
    while (process.cpuUsage().user + process.cpuUsage().system < user + system + 50_000);
    expect(cpuMicros(process.pid) - before).toBeGreaterThanOrEqual(30_000);
    expect(processTree(process.pid)[0]).toBe(process.pid);
    expect(residentMiB(process.pid)).toBeGreaterThan(10);
  });
});
