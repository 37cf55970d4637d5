import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { derivedSecret, gateSecret } from '@gatehouse/gateway';
import { parsePasswordHash, verifyPassword } from '@gatehouse/kernel';
import { bodyKey, bodyLine, sealBody } from '@gatehouse/record';
import { SpoolWriter } from '@gatehouse/record/spool';
import { describe, expect, it } from 'vitest';
import { isWellFormedKey } from '@gatehouse/kernel';
import { DOOR, run, type LaunchOptions } from './spawned-program.ts';
import { temporaryFolder } from './temporary-folder.ts';

const GOOD = 'gatehouse: 1\napis: { a: { upstream: "http://127.0.0.1:4000", policies: [ { cache: { ttl: 1m } } ] } }\n';
const BAD = 'gatehouse: 1\napis: { a: { upstream: nowhere, acces: open } }\n';

function fileWith(text: string): string {
  const file = path.join(temporaryFolder(), 'gatehouse.yaml');
  writeFileSync(file, text);
  return file;
}

/** Output of a command that prints one JSON value. */
async function json(
  args: readonly string[],
  options: LaunchOptions = {},
): Promise<{ code: number | null; value: unknown }> {
  const { code, out, err } = await run([...args, '--json'], options);
  expect(err).toBe('');
  expect(out).toMatch(/^[^\n]+\n$/);
  return { code, value: JSON.parse(out) };
}

describe('gatehouse validate', () => {
  it('says what a good file would serve', async () => {
    const file = fileWith(GOOD);
    const { code, out, err } = await run(['validate', file]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/ is valid: 1 route, 1 upstream, 0 credentials, 0 models \(version [0-9a-f]{12}\)\n$/);
  });

  it('says the same as JSON', async () => {
    expect(await json(['validate', fileWith(GOOD)])).toMatchObject({
      code: 0,
      value: { valid: true, routes: 1, version: expect.any(String), warnings: [] },
    });
  });

  it('tells every problem of a bad file, and ends with 1', async () => {
    const file = fileWith(BAD);
    const { code, out, err } = await run(['validate', file]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringContaining(`${file}:2:24: unknown upstream \`nowhere\``),
      expect.stringContaining(`${file}:2:33: unknown field \`acces\`, did you mean \`access\`?`),
    ]);
  });

  it('tells the same as JSON, on stdout and with 1', async () => {
    const file = fileWith(BAD);
    expect(await json(['validate', file])).toEqual({
      code: 1,
      value: {
        valid: false,
        problems: [
          { file, line: 2, column: 24, message: expect.any(String), path: 'apis.a.upstream' },
          { file, line: 2, column: 33, message: expect.any(String), path: 'apis.a.acces' },
        ],
      },
    });
  });

  it.each([[[]], [['--json']]])('cannot do its work without the file (%j), and ends with 2', async (flags) => {
    const { code, out, err } = await run(['validate', 'missing.yaml', ...flags]);
    expect({ code, out, err }).toEqual({
      code: 2,
      out: '',
      err: 'missing.yaml: there is no such file, check its name\n',
    });
  });

  it('reads variables, and tells of those that are not set', async () => {
    const file = fileWith('gatehouse: 1\napis: { a: { upstream: "${WHERE}" } }\n');
    expect((await run(['validate', file], { env: { WHERE: 'http://127.0.0.1:1' } })).code).toBe(0);
    const { code, err } = await run(['validate', file]);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(':2:24: the environment variable `WHERE`') });
  });

  it.each([
    ['openapi: ./missing.yaml', ':2:55: there is no document `./missing.yaml`'],
    ['openapi: ./gatehouse.yaml', 'gatehouse.yaml:1:1: this is not an OpenAPI document'],
    ['openapi: .', ':2:55: the document `.` cannot be read (EISDIR)'],
  ])('tells what is wrong with %s', async (field, expected) => {
    const file = fileWith(`gatehouse: 1\napis: { a: { upstream: "http://127.0.0.1:1", ${field} } }\n`);
    const { code, err } = await run(['validate', file]);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(expected) });
  });
});

describe('gatehouse schema', () => {
  it('prints the JSON Schema that stands in the reference', async () => {
    const { code, out } = await run(['schema']);
    expect(code).toBe(0);
    const kept = path.join(import.meta.dirname, '../../../docs/reference/gatehouse.schema.json');
    expect(out).toBe(readFileSync(kept, 'utf8'));
    expect(JSON.parse(out)).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' });
  });
});

describe('gatehouse key create', () => {
  it('prints a key with its hash as JSON', async () => {
    const { code, value } = await json(['key', 'create']);
    expect({ code, value }).toEqual({ code: 0, value: { key: expect.any(String), sha256: expect.any(String) } });
    const { key, sha256 } = Object(value);
    expect(isWellFormedKey(String(key))).toBe(true);
    expect(sha256).toBe(createHash('sha256').update(String(key)).digest('hex'));
  });

  it('prints them for people', async () => {
    const { code, out } = await run(['key', 'create']);
    expect(code).toBe(0);
    expect(out).toMatch(/^key {5}gh_\w+ {3}\(shown once\)\nsha256 {2}[0-9a-f]{64}\n$/);
  });
});

describe('gatehouse hash-password', () => {
  it.each([
    ['a line', 'grüße:1\n'],
    ['what has no end of line', 'grüße:1'],
    ['the first of several lines', 'grüße:1\r\nother\n'],
  ])('prints the hash of %s', async (_name, input) => {
    const { code, out, err } = await run(['hash-password'], { input });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const hash = parsePasswordHash(out.trimEnd());
    expect(hash !== undefined && (await verifyPassword('grüße:1', hash))).toBe(true);
  });

  it('prints it as JSON, with another salt each time', async () => {
    const [one, other] = await Promise.all([1, 2].map(async () => run(['hash-password', '--json'], { input: 'same' })));
    expect(JSON.parse(one?.out ?? '')).toEqual({ argon2: expect.stringMatching(/^\$argon2id\$/) });
    expect(one?.out).not.toBe(other?.out);
  });

  it.each([
    ['', 'write the password to standard input, it was empty\n'],
    ['\n', 'write the password to standard input, it was empty\n'],
    ['x'.repeat(257), 'a password has at most 256 characters\n'],
  ])('refuses what is no password', async (input, err) => {
    expect(await run(['hash-password'], { input })).toMatchObject({ code: 2, out: '', err });
  });
});

describe('gatehouse version', () => {
  const { version } = Object(JSON.parse(readFileSync(path.join(import.meta.dirname, '../package.json'), 'utf8')));

  it('is that of the package, as JSON and for people', async () => {
    expect(await json(['version'])).toEqual({ code: 0, value: { version, node: process.version } });
    expect((await run(['version'])).out).toBe(`gatehouse ${version} (node ${process.version})\n`);
    expect((await run(['--version'])).out).toBe(`${version}\n`);
  });

  it('comes through the door too, with its exit codes', async () => {
    expect((await run(['version'], { entry: DOOR })).out).toMatch(/^gatehouse /);
    expect((await run(['validate', 'missing.yaml'], { entry: DOOR })).code).toBe(2);
    expect((await run(['validate', fileWith(BAD)], { entry: DOOR })).code).toBe(1);
  });
});

describe('gatehouse logs', () => {
  it('says so where there are no records', async () => {
    const data = path.join(temporaryFolder(), 'data');
    const { code, out, err } = await run(['logs', '--data', data]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(`${data} holds no records; name the data folder of a gateway with --data\n`);
  });

  it('says so where no record passes, but not to a program', async () => {
    const data = temporaryFolder();
    mkdirSync(path.join(data, 'records'));
    const { code, out, err } = await run(['logs', '--data', data, '--status', '500']);
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: 'no such call is recorded\n' });
    expect((await run(['logs', '--data', data, '--json'])).err).toBe('');
  });

  it('shows bodies of one call, and says when it cannot', async () => {
    const data = temporaryFolder();
    const said = async (...args: string[]): Promise<unknown> => (await run(['logs', '--data', data, ...args])).err;
    expect(await said('--bodies', '--id', 'x')).toMatch(/holds no key; set GATEHOUSE_SECRET_KEY/);
    const key = bodyKey(derivedSecret(gateSecret(data, undefined), 'bodies'));
    mkdirSync(path.join(data, 'records'));
    expect(await said('--bodies')).toBe('bodies are shown of one call, name it: --bodies --id ID\n');
    expect(await said('--bodies', '--id', 'x')).toMatch(/no bodies of this call are kept: the policy `capture` says/);
    const place = { id: 'r1', side: 'request' } as const;
    const sealed = sealBody({ head: { why: 'error' }, text: 'hello' }, place, key);
    const clear = { ...place, time: 5, worker: 0, type: 'text/plain', bytes: 5, cut: false, key: key.id };
    const line = bodyLine({ body: true, ...clear, sealed });
    const writer = SpoolWriter.open(path.join(data, 'records'), { now: Date.now, owner: 'test' });
    writer.append(Buffer.from(line), 1);
    writer.close();
    expect((await run(['logs', '--data', data, '--bodies', '--id', 'r1'])).out).toBe(
      '-- request: text/plain, 5 bytes; kept as error\n\nhello\n',
    );
    const { out } = await run(['logs', '--data', data, '--bodies', '--id', 'r1', '--json']);
    expect(JSON.parse(out)).toEqual({ body: true, ...clear, opened: { head: { why: 'error' }, text: 'hello' } });
  });

  it('tells what is wrong with a filter', async () => {
    const { code, err } = await run(['logs', '--data', temporaryFolder(), '--status', 'bad']);
    expect(code).toBe(2);
    expect(err).toMatch(/^[^\n]*status[^\n]*\n$/);
  });
});
