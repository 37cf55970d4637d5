import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { requireUnlocked, takeDataLock } from './data-lock.ts';

const HOLDER = path.join(import.meta.dirname, '../test/__fixtures__/data-lock-holder.ts');

/** A process that has the lock, or was refused, as it says. */
async function holder(dataDir: string): Promise<{ readonly child: ChildProcess; readonly answer: unknown }> {
  const child = fork(HOLDER, [dataDir], { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [answer] = await once(child, 'message');
  return { child, answer };
}

const inUse = (dataDir: string, pid: number | undefined): string =>
  `the data folder ${dataDir} is in use by another gatehouse (process ${pid}); stop that one, or choose another with --data`;

describe('takeDataLock', () => {
  it('writes down who has the folder, until it is released', () => {
    const dataDir = temporaryFolder();
    const lock = takeDataLock(dataDir);
    expect(readFileSync(path.join(dataDir, 'pid'), 'utf8')).toBe(`${process.pid}\n`);
    lock.release();
    lock.release();
    expect(readdirSync(dataDir)).toEqual(['lock']);
    takeDataLock(dataDir).release();
  });

  it('refuses a folder that another process has, and names it', async () => {
    const dataDir = temporaryFolder();
    const { child } = await holder(dataDir);
    expect(() => takeDataLock(dataDir)).toThrow(inUse(dataDir, child.pid));
  });

  it('takes the folder of a process that was killed', async () => {
    const dataDir = temporaryFolder();
    const { child } = await holder(dataDir);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(path.join(dataDir, 'pid'))).toBe(true);
    takeDataLock(dataDir).release();
  });

  it('gives the folder to exactly one of those who come at once', async () => {
    const dataDir = temporaryFolder();
    const holders = await Promise.all([1, 2, 3, 4].map(async () => holder(dataDir)));
    const [winner, ...more] = holders.filter(({ answer }) => answer === 'held');
    expect(more).toEqual([]);
    const refusals = holders.map(({ answer }) => answer).filter((answer) => answer !== 'held');
    expect(refusals).toEqual(Array(3).fill(inUse(dataDir, winner?.child.pid)));
  });

  it('says why where no lock can be', () => {
    const dataDir = temporaryFolder();
    mkdirSync(path.join(dataDir, 'lock'));
    expect(() => takeDataLock(dataDir)).toThrow(
      `the data folder ${dataDir} cannot be locked (unable to open database file); choose another with --data`,
    );
  });

  it('names nobody where nobody can be read', async () => {
    const dataDir = temporaryFolder();
    await holder(dataDir);
    writeFileSync(path.join(dataDir, 'pid'), '');
    expect(() => takeDataLock(dataDir)).toThrow('is in use by another gatehouse; stop that one');
  });
});

describe('requireUnlocked', () => {
  it('leaves the folder as it is', () => {
    const dataDir = temporaryFolder();
    requireUnlocked(dataDir);
    expect(readdirSync(dataDir)).toEqual([]);
    requireUnlocked(path.join(dataDir, 'missing'));
  });

  it('fails where a gate runs, and not where one ran', async () => {
    const dataDir = temporaryFolder();
    const { child } = await holder(dataDir);
    expect(() => requireUnlocked(dataDir)).toThrow(inUse(dataDir, child.pid));
    child.kill('SIGKILL');
    await once(child, 'exit');
    requireUnlocked(dataDir);
  });
});
