import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { launch, run, type SpawnedProgram } from './spawned-program.ts';
import { temporaryFolder } from './temporary-folder.ts';

const PLACES = ['--listen', '127.0.0.1:0', '--status', '127.0.0.1:0', '--workers', '1'];

interface Demo {
  readonly program: SpawnedProgram;
  readonly dataDir: string;
  readonly gateway: string;
  readonly key: string;
}

async function startedDemo(env: Readonly<Record<string, string>> = {}, folder = temporaryFolder()): Promise<Demo> {
  const dataDir = path.join(folder, 'data');
  const program = launch(['start', '--data', dataDir, ...PLACES], { env });
  const { gateway } = await program.ready();
  await program.prints(/chat\/completions.*\n$/);
  return { program, dataDir, gateway, key: /key {6}(\S+)/.exec(program.out)?.[1] ?? '' };
}

const curls = (out: string): string[] => out.split('\n').filter((line) => line.trim().startsWith('curl '));

/** What a shell and curl make of a printed line: words in single quotes or without, `-H` and `-d`. */
async function asCurl(line: string): Promise<Response> {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
  const headers = new Headers();
  let url = '';
  let body: string | undefined;
  for (let i = 1; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '-H') headers.append(...headerOf(words[++i] ?? ''));
    else if (word === '-d') body = words[++i];
    else url = word;
  }
  return fetch(url, body === undefined ? { headers } : { method: 'POST', headers, body });
}

function headerOf(text: string): [string, string] {
  const colon = text.indexOf(':');
  return [text.slice(0, colon), text.slice(colon + 1).trim()];
}

describe('a start without a file', () => {
  it('prints two calls that work as they stand, in at most a dozen lines', async () => {
    const { program } = await startedDemo();
    expect(`${program.out}${program.err}`.trimEnd().split('\n').length).toBeLessThanOrEqual(12);
    const [users = '', chat = '', ...more] = curls(program.out);
    expect(more).toEqual([]);
    const rest = await asCurl(users);
    expect([rest.status, rest.headers.get('content-type')]).toEqual([200, expect.stringContaining('json')]);
    const reply = await asCurl(chat);
    expect(reply.status).toBe(200);
    expect(await reply.json()).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant', content: expect.stringMatching(/./) } }],
    });
  });

  it('prints calls that curl itself can make, where there is one', async ({ skip }) => {
    const execute = promisify(execFile);
    skip((await execute('curl', ['--version']).catch(() => undefined)) === undefined, 'there is no curl here');
    const { program } = await startedDemo();
    for (const line of curls(program.out)) {
      const { stdout } = await execute('sh', ['-c', `${line.trim()} -s -w '\\n%{http_code}'`]);
      expect(stdout.split('\n').at(-1)).toBe('200');
    }
  });

  it('keeps its key in the data folder, for the owner alone, and serves nobody without it', async () => {
    const folder = temporaryFolder();
    const first = await startedDemo({}, folder);
    expect((await fetch(`${first.gateway}/v1/users`)).status).toBe(401);
    expect(await first.program.stop()).toMatchObject({ code: 0, err: '' });
    const second = await startedDemo({}, folder);
    expect(second.key).toBe(first.key);
    expect(second.key).toMatch(/^gh_[0-9A-Za-z]{22}_[0-9A-Za-z]{6}$/);
  });

  it('tells the key of a vendor, whose variable is set, to nobody', async () => {
    const { program } = await startedDemo({ OPENAI_API_KEY: 'sk-never-printed' });
    const { out, err } = await program.stop();
    expect(`${out}${err}`).not.toContain('sk-never-printed');
  });

  it('records its calls, and shows them while they come', async () => {
    const { dataDir, gateway, key } = await startedDemo();
    const follower = launch(['logs', '-f', '--json', '--data', dataDir, '--path', '/v1']);
    const headers = { authorization: `Bearer ${key}` };
    await fetch(`${gateway}/v1/users`, { headers });
    await follower.prints(/\n/);
    await fetch(`${gateway}/v1/users/nobody`, { headers });
    await follower.prints(/\n.*\n/);
    const records = follower.out
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(records).toMatchObject([
      { api: 'users', path: '/v1/users', status: 200, application: 'demo', credential: 'demo' },
      { api: 'users', path: '/v1/users/nobody' },
    ]);
    expect(follower.out).not.toContain(key);
    expect(await follower.stop('SIGINT')).toMatchObject({ code: 0 });
    const filtered = await run(['logs', '--json', '--data', dataDir, '--status', '200']);
    expect(filtered.out.trimEnd().split('\n')).toHaveLength(1);
  });
});
