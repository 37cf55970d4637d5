import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { requireDataFolder } from './data-folder.ts';
import { CommandFailure } from './failure.ts';

describe('requireDataFolder', () => {
  it('makes the folder, for the owner alone, and leaves nothing in it', () => {
    const folder = path.join(temporaryFolder(), 'a', 'b');
    expect(requireDataFolder(folder)).toBe(path.dirname(folder));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes a folder that is there as it is', () => {
    const folder = path.join(temporaryFolder(), 'data');
    mkdirSync(folder, { mode: 0o755 });
    writeFileSync(path.join(folder, 'kept'), '');
    expect(requireDataFolder(folder)).toBeUndefined();
    expect(readdirSync(folder)).toEqual(['kept']);
  });

  it('refuses a place where a file stands', () => {
    const file = path.join(temporaryFolder(), 'file');
    writeFileSync(file, 'kept');
    expect(() => requireDataFolder(file)).toThrow(
      new CommandFailure(`the data folder ${file} cannot be written (EEXIST); choose another with --data`),
    );
    expect(existsSync(file)).toBe(true);
  });
});
