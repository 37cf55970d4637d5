import { existsSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run } from './spawned-program.ts';
import { listenSomewhere } from './stub-upstream.ts';
import { temporaryFolder } from './temporary-folder.ts';

const GOOD = 'gatehouse: 1\napis: { a: { upstream: "http://127.0.0.1:4000" } }\n';
const BAD = 'gatehouse: 1\napis: { a: { upstream: nowhere, acces: open } }\n';

function fileWith(text: string): string {
  const file = path.join(temporaryFolder(), 'gatehouse.yaml');
  writeFileSync(file, text);
  return file;
}

describe('gatehouse doctor', () => {
  const PLACES = ['--listen', '127.0.0.1:0', '--status', '127.0.0.1:0'];

  it('finds a machine in order, and leaves nothing behind', async () => {
    const data = path.join(temporaryFolder(), 'not', 'yet');
    const { code, out, err } = await run(['doctor', '--data', data, '--config', fileWith(GOOD), ...PLACES]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n').filter((line) => line.startsWith('✓'))).toHaveLength(5);
    expect(out).not.toContain('✗');
    expect(existsSync(path.dirname(data))).toBe(false);
  });

  it('finds what is wrong and says what to do, one line each, and ends with 1', async () => {
    const server = net.createServer();
    onTestFinished(() => void server.close());
    const port = await listenSomewhere(server);
    const file = fileWith('');
    const data = path.join(file, 'data');
    const at = ['--listen', `127.0.0.1:${port}`, '--status', '192.0.2.1:8091'];
    const { code, out, err } = await run(['doctor', '--data', data, '--config', 'missing.yaml', ...at]);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out.trimEnd().split('\n')).toEqual([
      `✓ node    ${process.version}`,
      `✗ data    the data folder ${data} cannot be written (ENOTDIR); choose another with --data`,
      `✗ gateway 127.0.0.1:${port} is in use; choose another with --listen`,
      '✗ status  192.0.2.1:8091: this machine has no address 192.0.2.1; choose another with --status',
      '✗ config  missing.yaml: there is no such file, check its name',
    ]);
  });

  it('says the same as JSON', async () => {
    const args = ['doctor', '--data', path.join(temporaryFolder(), 'data'), ...PLACES];
    const { code, out, err } = await run([...args, '--json', '--config', fileWith(BAD)]);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      checks: [
        { name: 'node', ok: true },
        { name: 'data', ok: true },
        { name: 'gateway', ok: true },
        { name: 'status', ok: true },
        { name: 'config', ok: false, detail: expect.stringContaining(':2:33: unknown field `acces`') },
      ],
    });
  });
});
