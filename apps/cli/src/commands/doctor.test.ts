import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { parseAddress } from '../address.ts';
import { CommandFailure } from '../failure.ts';
import { optionsWith } from '../doctor/__fixtures__/scene.ts';
import { doctor, type DoctorCommand } from './doctor.ts';

interface Visit {
  readonly lines: readonly string[];
  readonly failure: unknown;
}

async function visit(options: Partial<DoctorCommand> = {}): Promise<Visit> {
  const lines: string[] = [];
  const output = {
    json: false,
    look: { colours: false, columns: undefined },
    print: (line: string) => lines.push(line),
  };
  const failure: unknown = await doctor({ ...optionsWith(), ...output, ...options }).catch((error: unknown) => error);
  return { lines, failure };
}

const lineOf = ({ lines }: Visit, name: string): string | undefined =>
  lines.find((line) => line.slice(2).startsWith(name));

describe('doctor', () => {
  it('has nothing to say against a machine in order', async () => {
    const { lines, failure } = await visit();
    expect(failure).toBeUndefined();
    const names = ['node', 'data', 'gateway', 'status', 'config', 'clock', 'records', 'disk', 'limits', 'limits'];
    expect(lines.slice(0, -2).map((line) => line.slice(2, 9).trimEnd())).toEqual(names);
    // How much room there is depends on the machine; a test's may be small.
    expect(lines.filter((line) => !line.startsWith('✓') && !/^! (?:disk|limits)/.test(line)).slice(0, -1)).toEqual([
      '',
    ]);
  });

  it('looks at the place of TLS where there is one', async () => {
    const place = parseAddress('127.0.0.1:0', '--listen-tls');
    expect(lineOf(await visit({ listenTls: place }), 'tls')).toBe('✓ tls     127.0.0.1:0 is free');
    const listen = parseAddress('127.0.0.1:9', '--listen');
    const found = await visit({ listen, listenTls: { ...listen, option: '--listen-tls' } });
    expect(lineOf(found, 'tls')).toBe(
      '✗ tls     --listen and --listen-tls are both 127.0.0.1:9; give each a port of its own',
    );
  });

  it('says that the demo would be served where no file is named', async () => {
    expect(lineOf(await visit(), 'config')).toBe(
      '✓ config  none given, the demo would be served; name a file with --config',
    );
  });

  it.each(['v20.19.0', 'v24.3.0', 'v9.0.0', 'nonsense'])(
    'sends whoever runs it under Node %s to one that fits',
    async (node) => {
      const found = await visit({ node });
      expect(lineOf(found, 'node')).toBe(`✗ node    ${node} is too old, npm start and npx gatehouse bring Node 26`);
      expect(found.failure).toEqual(new CommandFailure('', 1));
    },
  );

  it('takes newer ones', async () => {
    expect(lineOf(await visit({ node: 'v27.0.0' }), 'node')).toBe('✓ node    v27.0.0');
  });

  it('finds one port for two servers', async () => {
    const listen = parseAddress('127.0.0.1:8099', '--listen');
    const found = await visit({ listen, status: { ...listen, option: '--status' } });
    expect(lineOf(found, 'status')).toContain('✗ status  --listen and --status are both 127.0.0.1:8099');
  });

  it('says what a good file would serve', async () => {
    const config = path.join(temporaryFolder(), 'gatehouse.yaml');
    writeFileSync(
      config,
      'gatehouse: 1\napis: { a: { upstream: "http://h", policies: [ { cache: { ttl: 1m } } ] } }\n',
    );
    expect(lineOf(await visit({ config, offline: true }), 'config')).toBe(`✓ config  ${config} is valid (1 route)`);
  });

  it('shows all that is wrong with a bad one', async () => {
    const config = path.join(temporaryFolder(), 'gatehouse.yaml');
    writeFileSync(config, 'gatehouse: 1\napis: { a: {} }\nplan: {}\n');
    const found = await visit({ config });
    expect(
      lineOf(found, 'config')
        ?.split('\n')
        .map((line) => line.slice(10)),
    ).toEqual([
      expect.stringContaining(`${config}:2:9: \`upstream\` is missing in \`a\``),
      expect.stringContaining(`${config}:3:1: unknown field \`plan\`, did you mean \`plans\`?`),
    ]);
    expect(found.failure).toEqual(new CommandFailure('', 1));
  });

  it('says all of it as JSON, in one line', async () => {
    const { lines } = await visit({ json: true, node: 'v20.0.0' });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      ok: false,
      checks: [
        { name: 'node', ok: false, level: 'failed' },
        { name: 'data' },
        { name: 'gateway' },
        { name: 'status' },
        { name: 'config', ok: true, level: 'ok' },
        { name: 'clock' },
        { name: 'records' },
        { name: 'disk' },
        { name: 'limits' },
        { name: 'limits' },
      ],
    });
  });
});
