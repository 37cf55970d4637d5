import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from './spawned-program.ts';
import { temporaryFolder } from './temporary-folder.ts';

const document = (paths: object): string => JSON.stringify({ openapi: '3.1.0', info: { version: '1.0.0' }, paths });
const FULL = document({ '/a': { get: { responses: { '200': {} } } } });
const EMPTY = document({});

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

describe('gatehouse breaking', () => {
  it.each([
    [['full.json', 'empty.json'], 1, 'breaking'],
    [['empty.json', 'full.json'], 0, 'compatible'],
    [['full.json', 'empty.json', '--fail-on', 'never'], 0, 'breaking'],
  ])('%j ends with %i and prints %s', async (args, code, verdict) => {
    const cwd = folderWith({ 'full.json': FULL, 'empty.json': EMPTY });
    const ended = await run(['breaking', ...args, '--json'], { cwd });
    expect({ code: ended.code, err: ended.err }).toEqual({ code, err: '' });
    expect(JSON.parse(ended.out)).toMatchObject({ verdict });
  });

  it('cannot do its work without documents, and ends with 2', async () => {
    const { code, out, err } = await run(['breaking']);
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: 'name two documents: gatehouse breaking OLD NEW\n' });
  });

  it('judges a batch from its standard input', async () => {
    const input = `${JSON.stringify({ id: 'a', old: FULL, new: EMPTY })}\n`;
    const { code, out } = await run(['breaking', '--batch', '-', '--json'], { input });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ id: 'a', verdict: 'breaking' });
  });

  it('shows its help', async () => {
    const { code, out } = await run(['breaking', '--help']);
    expect(code).toBe(0);
    expect(out).toContain('--batch <file>');
  });
});
