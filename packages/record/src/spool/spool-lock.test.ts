import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../__fixtures__/temporary-folder.ts';
import { takeLock } from './spool-lock.ts';

function folder(): string {
  const dir = temporaryFolder();
  mkdirSync(dir);
  return dir;
}

const lockOf = (dir: string): string => readFileSync(join(dir, 'lock'), 'utf8');
const put = (dir: string, holder: unknown): void => writeFileSync(join(dir, 'lock'), JSON.stringify(holder));
/** The number of a process that has just ended. */
const deadPid = (): number => spawnSync(process.execPath, ['--version']).pid;
const onLinux = process.platform === 'linux';

describe('takeLock', () => {
  it('writes who holds the folder, for nobody else to read', () => {
    const dir = folder();
    takeLock(dir, 'me');
    expect(JSON.parse(lockOf(dir))).toMatchObject({ pid: process.pid, owner: 'me' });
    expect(statSync(join(dir, 'lock')).mode & 0o777).toBe(0o600);
  });

  it('refuses a second owner and names the process', () => {
    const dir = folder();
    takeLock(dir, 'me');
    const before = lockOf(dir);
    expect(() => takeLock(dir, 'you')).toThrow(`in use by another gatehouse (process ${process.pid})`);
    expect(lockOf(dir)).toBe(before);
    expect(readdirSync(dir)).toEqual(['lock']);
  });

  it('gives the folder to the same owner again', () => {
    const dir = folder();
    takeLock(dir, 'me');
    takeLock(dir, 'me');
    expect(() => takeLock(dir, 'you')).toThrow('in use');
  });

  it('gives the folder to the next owner after its release', () => {
    const dir = folder();
    takeLock(dir, 'me').release();
    expect(readdirSync(dir)).toEqual([]);
    takeLock(dir, 'you');
    expect(JSON.parse(lockOf(dir))).toMatchObject({ owner: 'you' });
  });

  it('does not release what another has taken over', () => {
    const dir = folder();
    const first = takeLock(dir, 'me');
    put(dir, { pid: process.pid, started: '', owner: 'you' });
    first.release();
    expect(JSON.parse(lockOf(dir))).toMatchObject({ owner: 'you' });
  });

  it('releases twice without harm', () => {
    const lock = takeLock(folder(), 'me');
    lock.release();
    lock.release();
  });

  it('takes over from a dead process', () => {
    const dir = folder();
    put(dir, { pid: deadPid(), started: '', owner: 'gone' });
    takeLock(dir, 'me');
    expect(JSON.parse(lockOf(dir))).toMatchObject({ owner: 'me' });
    expect(readdirSync(dir)).toEqual(['lock']);
  });

  it.runIf(onLinux)(
    'takes over when the number has gone to another process, as in a container that starts again',
    () => {
      const dir = folder();
      put(dir, { pid: process.pid, started: 'another boot/1', owner: 'gone' });
      takeLock(dir, 'me');
      expect(JSON.parse(lockOf(dir))).toMatchObject({ owner: 'me' });
    },
  );

  it('does not take over from a living process of which no more is known', () => {
    const dir = folder();
    put(dir, { pid: process.ppid, started: '', owner: 'other' });
    expect(() => takeLock(dir, 'me')).toThrow(`process ${process.ppid}`);
  });

  for (const [name, text] of Object.entries({
    'an empty lock': '',
    'half a lock': '{"pid":12',
    'a lock of another kind': '"1234"',
    'a lock without a process': '{"pid":0,"started":"","owner":"x"}',
    'a lock whose process is no number': '{"pid":"x","started":"","owner":"x"}',
    'a lock without an owner': '{"pid":1,"started":""}',
  })) {
    it(`takes over ${name}`, () => {
      const dir = folder();
      writeFileSync(join(dir, 'lock'), text);
      takeLock(dir, 'me');
      expect(JSON.parse(lockOf(dir))).toMatchObject({ owner: 'me' });
    });
  }

  it('says why when the folder is not there', () => {
    expect(() => takeLock(temporaryFolder(), 'me')).toThrow('ENOENT');
  });
});
