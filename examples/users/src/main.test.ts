import { type ChildProcess, type StdioOptions, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { fields, text } from './fields.ts';
import {
  MAIN,
  type ServiceProcess,
  collect,
  newDatabaseFile,
  startAndFail,
  startServiceProcess,
} from './testkit/service-process.ts';
import { startSlowRequest } from './testkit/slow-request.ts';

const IPC_ONLY: StdioOptions = ['ignore', 'ignore', 'ignore', 'ipc'];
const ADA = { email: 'ada@people.example', name: 'Ada Lovelace' };

async function startPair(environment: Readonly<Record<string, string>> = {}) {
  const shared = { DATABASE_FILE: newDatabaseFile(), ...environment };
  return Promise.all([
    startServiceProcess({ ...shared, INSTANCE: 'users-a' }),
    startServiceProcess({ ...shared, INSTANCE: 'users-b' }),
  ]);
}

async function create(url: string, key: string, body: unknown): Promise<readonly [number, string]> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key };
  const reply = await fetch(`${url}/users`, { method: 'POST', headers, body: JSON.stringify(body) });
  return [reply.status, await reply.text()];
}

async function list(url: string): Promise<readonly unknown[]> {
  const page = fields(await (await fetch(`${url}/users?limit=100`)).json());
  return Array.isArray(page['items']) ? page['items'] : [];
}

async function stop(services: readonly ServiceProcess[]): Promise<readonly (number | null)[]> {
  for (const { child } of services) child.kill('SIGTERM');
  return Promise.all(services.map(({ exited }) => exited));
}

describe('two instances on one file', () => {
  it('create one user from a storm of requests with one key', async () => {
    const pair = await startPair();
    const storm = Array.from({ length: 60 }, (_, index) => create(pair[index % 2]?.url ?? '', 'k1', ADA));
    const replies = await Promise.all(storm);
    const created = replies.filter(([status]) => status === 201);
    expect(replies.filter(([status]) => status !== 201 && status !== 409)).toEqual([]);
    expect(created.length).toBeGreaterThan(0);
    expect(new Set(created.map(([, body]) => body)).size).toBe(1);
    expect(await Promise.all(pair.map(({ url }) => list(url)))).toMatchObject([[ADA], [ADA]]);
    expect(await stop(pair)).toEqual([0, 0]);
  });

  it('lose no user when both write', async () => {
    const pair = await startPair();
    const drafts = Array.from({ length: 40 }, (_, index) => ({ email: `u${index}@people.example`, name: `U${index}` }));
    const replies = await Promise.all(
      drafts.map((draft, index) => create(pair[index % 2]?.url ?? '', `k${index}`, draft)),
    );
    expect(replies.map(([status]) => status)).toEqual(drafts.map(() => 201));
    expect(await list(pair[0].url)).toHaveLength(40);
    await stop(pair);
  });

  it('start at the same moment on a new file, and seed it once', async () => {
    const file = newDatabaseFile();
    const start = (name: string) => startServiceProcess({ DATABASE_FILE: file, SEED: 'true', INSTANCE: name });
    const services = await Promise.all(['a', 'b', 'c'].map(start));
    for (const { url } of services) expect(await list(url)).toHaveLength(10);
    const replies = await Promise.all(services.map(({ url }) => fetch(`${url}/users`)));
    expect(replies.map((reply) => reply.headers.get('x-served-by'))).toEqual(['a', 'b', 'c']);
    await stop(services);
  });
});

describe('stopping', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('on %s finishes the request in flight and exits with 0', async (signal) => {
    const service = await startServiceProcess({ DATABASE_FILE: ':memory:' });
    const request = await startSlowRequest({ port: service.port, body: ADA });
    const stopping = service.logged('stopping');
    service.child.kill(signal);
    await stopping;
    const ready = await fetch(`${service.url}/readyz`);
    expect([ready.status, ready.headers.get('connection')]).toEqual([503, 'close']);
    // A second signal, as a terminal and a parent both send one, cuts nothing short.
    service.child.kill(signal);
    const answer = await request.finish();
    expect(answer).toContain('HTTP/1.1 201 Created');
    expect(answer.toLowerCase()).toContain('connection: close');
    expect(await service.exited).toBe(0);
  });

  it('waits for a request after the grace of idle connections is over', async () => {
    const service = await startServiceProcess({ DATABASE_FILE: ':memory:' });
    const idle = connect(service.port, '127.0.0.1');
    idle.write('GET /livez HTTP/1.1\r\nhost: users\r\n\r\n');
    await once(idle, 'data');
    const request = await startSlowRequest({ port: service.port, body: ADA });
    service.child.kill('SIGTERM');
    await once(idle, 'close');
    expect(await request.finish()).toContain('HTTP/1.1 201 Created');
    expect(await service.exited).toBe(0);
  });

  it('happens when the parent hangs up', async () => {
    const service = await startServiceProcess({ DATABASE_FILE: ':memory:' });
    service.child.disconnect();
    expect(await service.exited).toBe(0);
  });

  it('happens when the parent hangs up before the service is ready', async () => {
    const child = fork(MAIN, { env: { PORT: '0', DATABASE_FILE: ':memory:' }, execArgv: [], stdio: IPC_ONLY });
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('happens when the parent is killed', async () => {
    const parent = startParent();
    const [pid] = await once(parent, 'message');
    expect(pid).toEqual(expect.any(Number));
    const log = collect(parent.stdout);
    parent.kill('SIGKILL');
    // The service holds the other end of this pipe, so its end is that of the service.
    const lines = (await log).trim().split('\n');
    expect(lines.map((line) => text(fields(JSON.parse(line)), 'message'))).toEqual([
      'listening',
      'stopping',
      'stopped',
    ]);
  });
});

describe('starting', () => {
  it('names everything that is wrong with the environment', async () => {
    const [code, errors] = await startAndFail({ PORT: 'http', SEED: 'maybe' });
    expect(code).toBe(1);
    expect(errors.trim().split('\n')).toEqual([
      'users: PORT is "http", it must be a port from 0 (any free one) to 65535',
      'users: SEED is "maybe", it must be true or false',
    ]);
  });

  it('fails in one line on a port that is taken', async () => {
    const service = await startServiceProcess({ DATABASE_FILE: ':memory:' });
    const [code, errors] = await startAndFail({ DATABASE_FILE: ':memory:', PORT: String(service.port) });
    expect(code).toBe(1);
    expect(errors).toMatch(/^users: .*EADDRINUSE.*\n$/);
    await stop([service]);
  });

  it('fails in one line on a database that cannot be opened', async () => {
    const [code, errors] = await startAndFail({ DATABASE_FILE: `${newDatabaseFile()}/users.db` });
    expect([code, errors]).toEqual([1, 'users: unable to open database file\n']);
  });
});

/** A process that starts the service, tells its pid, and then does nothing. */
function startParent(): ChildProcess {
  const script = `
    import { fork } from 'node:child_process';
    const env = { PORT: '0', DATABASE_FILE: ':memory:' };
    const child = fork(${JSON.stringify(MAIN)}, { env, execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.on('message', () => process.send(child.pid));
  `;
  return spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {},
  });
}
