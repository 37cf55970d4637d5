import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { launch, run, type Exit } from './spawned-program.ts';
import { freePort, listenSomewhere } from './stub-upstream.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Much less than a start takes to wait for anything. */
const QUICK_MS = 5000;
const FREE = ['--listen', '127.0.0.1:0', '--status', '127.0.0.1:0', '--workers', '1'];

async function takenPort(): Promise<number> {
  const server = net.createServer();
  onTestFinished(() => void server.close());
  return listenSomewhere(server);
}

/** One clear line on stderr, exit code 2, and soon. */
async function refusal(...args: readonly string[]): Promise<string> {
  const startedMs = performance.now();
  const { code, out, err } = await run(['start', '--data', path.join(temporaryFolder(), 'data'), ...FREE, ...args]);
  expect(performance.now() - startedMs).toBeLessThan(QUICK_MS);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^[^\n]+\n$/);
  return err.trimEnd();
}

describe('a start is refused', () => {
  it('where the port of the gateway is in use', async () => {
    const port = await takenPort();
    const line = await refusal('--listen', `127.0.0.1:${port}`);
    expect(line).toBe(`127.0.0.1:${port} is in use; choose another with --listen`);
  });

  it('where the status port is in use', async () => {
    const port = await takenPort();
    const line = await refusal('--status', `127.0.0.1:${port}`);
    expect(line).toBe(`127.0.0.1:${port} is in use; choose another with --status`);
  });

  it('where another gatehouse has the port, although it would share it', async () => {
    const other = launch(['start', '--data', path.join(temporaryFolder(), 'data'), ...FREE]);
    const { gateway } = await other.ready();
    const { host } = new URL(gateway);
    expect(await refusal('--listen', host)).toBe(`${host} is in use; choose another with --listen`);
  });

  it('where both ports are the same', async () => {
    const line = await refusal('--listen', '127.0.0.1:8099', '--status', '127.0.0.1:8099');
    expect(line).toBe('--listen and --status are both 127.0.0.1:8099; give each a port of its own');
  });

  it('at an address that the machine does not have', async () => {
    const line = await refusal('--listen', '192.0.2.1:8080');
    expect(line).toBe('192.0.2.1:8080: this machine has no address 192.0.2.1; choose another with --listen');
  });

  it('at an address that is none', async () => {
    const line = await refusal('--listen', '8080');
    expect(line).toBe('--listen: "8080" is no address, write HOST:PORT such as 127.0.0.1:8080');
  });

  it('at an address that is none, also where a variable gives it', async () => {
    const { code, err } = await run(['start'], { env: { GATEHOUSE_LISTEN: 'gate', GATEHOUSE_STATUS: '127.0.0.1:0' } });
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringMatching(/^--listen: "gate" is no address, [^\n]*\n$/),
    });
  });

  it('where the data folder cannot be made', async () => {
    const file = path.join(temporaryFolder(), 'a-file');
    writeFileSync(file, '');
    const data = path.join(file, 'data');
    const line = await refusal('--data', data);
    expect(line).toBe(`the data folder ${data} cannot be written (ENOTDIR); choose another with --data`);
  });

  it('where the data folder may not be written', async ({ skip }) => {
    skip(process.getuid?.() === 0, 'root may write everywhere');
    const data = path.join(temporaryFolder(), 'data');
    mkdirSync(data);
    chmodSync(data, 0o500);
    expect(await refusal('--data', data)).toContain('cannot be written (EACCES); choose another with --data');
  });

  it('where another gatehouse has the data folder, whatever its ports', async () => {
    const data = path.join(temporaryFolder(), 'data');
    const other = launch(['start', '--data', data, ...FREE]);
    await other.ready();
    const said = `the data folder ${data} is in use by another gatehouse (process ${other.pid}); stop that one, or choose another with --data`;
    expect(await refusal('--data', data)).toBe(said);
    const { code, out } = await run(['doctor', '--data', data, ...FREE]);
    const known = `✓ data    ${data} is in use by the gate that runs here\n`;
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(known) });
  });

  it('where one port is wanted twice, in whatever words', async () => {
    const port = await freePort();
    const at = ['--listen', `localhost:${port}`, '--status', `127.0.0.1:${port}`];
    expect(await refusal(...at)).toBe(`localhost:${port} is in use; choose another with --listen`);
  });

  it('with a folder or a pipe for a file, without waiting', async () => {
    const folder = temporaryFolder();
    expect(await refusal('--config', folder)).toBe(`${folder}: this is a folder, name the file in it`);
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(await refusal('--config', pipe)).toContain(`${pipe}: this is a pipe, name a file`);
    const document = path.join(folder, 'gatehouse.yaml');
    writeFileSync(document, 'gatehouse: 1\napis: { a: { upstream: "http://h", openapi: pipe } }\n');
    expect(await refusal('--config', document)).toContain('the document `pipe` cannot be read (a pipe)');
  });

  it('with what this version does not have, also where a variable asks for it', async () => {
    const { code, err } = await run(['start', ...FREE], { env: { GATEHOUSE_COUNTERS: 'redis://cache' } });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('redis:// is not available') });
  });

  it('with a place for records that is none, without saying its password', async () => {
    expect(await refusal('--analytics', 'clickhouse://gate:secret@')).toBe(
      '--analytics (GATEHOUSE_ANALYTICS): write clickhouse://USER:PASSWORD@HOST:8123/DATABASE',
    );
  });

  it('without the file that it is to serve', async () => {
    expect(await refusal('--config', 'missing.yaml')).toBe('missing.yaml: there is no such file, check its name');
  });

  it('with a file in which something is wrong, problem by problem', async () => {
    const file = path.join(temporaryFolder(), 'gatehouse.yaml');
    writeFileSync(file, 'gatehouse: 1\napis:\n  a: { upstream: "${WHERE}", acess: open }\n');
    const { code, err } = await run(['start', '--config', file, ...FREE]);
    expect(code).toBe(2);
    expect(err.trimEnd().split('\n')).toEqual([
      `${file}:3:18: the environment variable \`WHERE\` is not set, set it or write \`$\${\` for the text \`\${\``,
      `${file}:3:30: unknown field \`acess\`, did you mean \`access\`?`,
    ]);
  });
});

describe('wrong words', () => {
  const cases: Readonly<Record<string, readonly [readonly string[], RegExp]>> = {
    'an unknown command': [['explode'], /^error: unknown command 'explode'$/],
    'a command with a mistake': [['strat'], /^\(Did you mean start\?\)$/],
    'an unknown option': [['--explode'], /^error: unknown option '--explode'$/],
    'an unknown option of a command': [['validate', '--jsn', 'x.yaml'], /^\(Did you mean --json\?\)$/],
    'a command that needs a file and has none': [['validate'], /^error: missing required argument 'file'$/],
    'a word that a command does not take': [['start', 'now'], /^error: too many arguments for 'start'/],
    'a number that is none': [['start', '--workers', 'many'], /is invalid\. write a whole number from 1 to 1022\.$/],
    'more workers than there may be': [
      ['--workers', '2000'],
      /'2000' is invalid\. write a whole number from 1 to 1022\.$/,
    ],
    'a name that is empty': [['start', '--config', ''], /it is empty; write a name or leave the option out\.$/],
    'a value that is not among those listed': [['--log-level', 'loud'], /Allowed choices are debug, info, warn, error/],
  };
  for (const [name, [args, expected]] of Object.entries(cases)) {
    it(`are told: ${name}`, async () => {
      const { code, out, err }: Exit = await run(args);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      const lines = err.trimEnd().split('\n');
      expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
      const own = /^(?:start|validate)$/.exec(args[0]?.replace(/^--.*/, 'start') ?? '');
      const hint =
        own === null ? 'gatehouse --help shows all commands' : `gatehouse ${own[0]} --help shows what it takes`;
      expect(lines.at(-1)).toBe(`(${hint})`);
    });
  }

  it('are none where a variable is set to nothing', async () => {
    const env = { GATEHOUSE_DATA: '', GATEHOUSE_WORKERS: '', GATEHOUSE_CONFIG: '', GATEHOUSE_CONSOLE: '' };
    const cwd = temporaryFolder();
    const { code, out } = await run(['doctor', ...FREE.slice(0, 4)], { env, cwd });
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(`${path.join(cwd, '.gatehouse')} can be`) });
  });

  it('are not told where help is asked for', async () => {
    const { code, out, err } = await run(['--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const command of ['start', 'doctor', 'validate', 'schema', 'key', 'logs', 'version'])
      expect(out).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
  });
});
