import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { isWellFormedKey } from '@gatehouse/kernel';
import { demoKey } from './demo-key.ts';

describe('demoKey', () => {
  it('makes a key at first and keeps it', () => {
    const folder = path.join(temporaryFolder(), 'data');
    const key = demoKey(folder);
    expect(isWellFormedKey(key)).toBe(true);
    expect(demoKey(folder)).toBe(key);
  });

  it('keeps it for the owner alone', () => {
    const folder = temporaryFolder();
    demoKey(folder);
    expect(statSync(path.join(folder, 'demo-key')).mode & 0o777).toBe(0o600);
  });

  it('makes a new one where the kept one is damaged', () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'demo-key');
    writeFileSync(file, 'gh_damaged\n');
    const key = demoKey(folder);
    expect(readFileSync(file, 'utf8')).toBe(`${key}\n`);
  });

  it('does not hide that the file cannot be read', () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'demo-key'));
    expect(() => demoKey(folder)).toThrow('EISDIR');
  });
});
