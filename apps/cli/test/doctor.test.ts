import { existsSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run, SpawnedProgram } from './spawned-program.ts';
import { freePort, listenSomewhere, stubUpstream } from './stub-upstream.ts';
import { temporaryFolder } from './temporary-folder.ts';

const GOOD = 'gatehouse: 1\napis: { a: { upstream: "http://127.0.0.1:4000" } }\n';
const BAD = 'gatehouse: 1\napis: { a: { upstream: nowhere, acces: open } }\n';

function fileWith(text: string): string {
  const file = path.join(temporaryFolder(), 'gatehouse.yaml');
  writeFileSync(file, text);
  return file;
}

describe('gatehouse doctor', () => {
  const PLACES = ['--listen', '127.0.0.1:0', '--status', '127.0.0.1:0', '--console', 'off'];

  it('finds a machine in order, and leaves nothing behind', async () => {
    const data = path.join(temporaryFolder(), 'not', 'yet');
    const upstream = await stubUpstream();
    const config = fileWith(GOOD.replace('http://127.0.0.1:4000', upstream.url));
    const { code, out, err } = await run(['doctor', '--data', data, '--config', config, ...PLACES]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`✓ target  ${upstream.url} can be reached in `);
    expect(out).toMatch(/✓ clock {3}.*, as 1 other clock says/);
    expect(out).not.toContain('✗');
    expect(out).not.toContain('\u001b');
    expect(existsSync(path.dirname(data))).toBe(false);
  });

  it('asks nobody else with --offline', async () => {
    const config = fileWith(GOOD.replace('127.0.0.1:4000', 'nowhere.invalid'));
    const data = path.join(temporaryFolder(), 'data');
    const { code, out } = await run(['doctor', '--data', data, '--config', config, '--offline', ...PLACES]);
    expect({ code, out }).toEqual({ code: 0, out: expect.not.stringContaining('target') });
  });

  it('asks the gate that runs in the folder', async () => {
    const data = path.join(temporaryFolder(), 'data');
    const [listen, status] = [await freePort(), await freePort()];
    const places = [
      '--data',
      data,
      '--listen',
      `127.0.0.1:${listen}`,
      '--status',
      `127.0.0.1:${status}`,
      '--console',
      'off',
    ];
    const gate = new SpawnedProgram(['start', ...places, '--workers', '1']);
    await gate.ready();
    const { code, out } = await run(['doctor', ...places, '--workers', '1']);
    const said = out.split('\n').slice(1, 5);
    expect({ code, said }).toEqual({
      code: 0,
      said: [
        `✓ data    ${data} is in use by the gate that runs here`,
        expect.stringMatching(
          `^✓ gate    the gate that runs here \\(process ${gate.pid}\\) has been ready for .*, with 1 worker; none was replaced`,
        ),
        `✓ gateway 127.0.0.1:${listen} is in use by the gate that runs here`,
        `✓ status  127.0.0.1:${status} is in use by the gate that runs here`,
      ],
    });
  });

  it('finds what is wrong and says what to do, one line each, and ends with 1', async () => {
    const server = net.createServer();
    onTestFinished(() => void server.close());
    const port = await listenSomewhere(server);
    const file = fileWith('');
    const data = path.join(file, 'data');
    const at = ['--listen', `127.0.0.1:${port}`, '--status', '192.0.2.1:8091'];
    const { code, out, err } = await run([
      'doctor',
      '--data',
      data,
      '--config',
      'missing.yaml',
      '--console',
      'off',
      ...at,
    ]);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out.split('\n').slice(0, 5)).toEqual([
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
      checks: expect.arrayContaining([
        expect.objectContaining({ name: 'node', ok: true, level: 'ok' }),
        expect.objectContaining({ name: 'data', ok: true, level: 'ok' }),
        expect.objectContaining({ name: 'gateway', ok: true, level: 'ok' }),
        expect.objectContaining({ name: 'status', ok: true, level: 'ok' }),
        expect.objectContaining({
          name: 'config',
          ok: false,
          level: 'failed',
          detail: expect.stringContaining(':2:33: unknown field `acces`'),
        }),
      ]),
    });
  });
});
