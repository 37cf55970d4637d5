import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { KeptConfig } from './kept-config.ts';

const KEY = new Uint8Array(32).fill(1);
const CONFIG = { text: '{"ai":"sk-secret"}', documents: { 'store/a.yaml': 'openapi: 3.1.0' } };
const onlyFile = (folder: string): string => path.join(folder, readdirSync(folder)[0] ?? '');

it('keeps what it is given, readable by its key alone', () => {
  const folder = temporaryFolder();
  new KeptConfig(folder, KEY).write(CONFIG);
  expect(new KeptConfig(folder, KEY).read()).toEqual(CONFIG);
  expect(new KeptConfig(folder, new Uint8Array(32).fill(2)).read()).toBeUndefined();
  expect(readFileSync(onlyFile(folder), 'latin1')).not.toContain('sk-secret');
  expect(statSync(onlyFile(folder)).mode & 0o777).toBe(0o600);
});

it('has nothing where there is nothing, or what there is has been touched', () => {
  const folder = temporaryFolder();
  const kept = new KeptConfig(folder, KEY);
  expect(kept.read()).toBeUndefined();
  kept.write(CONFIG);
  const whole = readFileSync(onlyFile(folder));
  for (const length of [0, 5, 20, whole.length - 1]) {
    writeFileSync(onlyFile(folder), whole.subarray(0, length));
    expect(kept.read()).toBeUndefined();
  }
});
