/**
 * A house as large as they come: what its start, its memory, one change and its lists cost. Run: `node bench/house.ts
 * [apis] [applications] [credentials]`; without, 10,000, 100,000 and 1,000,000. Wants 3 GB of disk and 4 GB of memory.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  insertEntity,
  openDatabase,
  type Database,
  type Entity,
  type Statements,
} from '../packages/store/src/index.ts';
import { processTree } from './process-tree.ts';

const [apis = 10_000, applications = 100_000, credentials = 1_000_000] = process.argv.slice(2).map(Number);
const TOKEN = 'bench';
const PIECE = 20_000;
const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-house-'));
const data = path.join(folder, 'data');

function say(what: string, value: string): void {
  console.log(`${what.padEnd(52)} ${value}`);
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  say(what, `${(performance.now() - began).toFixed(0)} ms`);
  return result;
}

const numbered = (prefix: string, n: number): string => `${prefix}_${String(n).padStart(9, '0')}`;
const keyOf = (n: number): string => `key ${n}`;

function entity(workspace: string, kind: string, rest: Partial<Entity> & Pick<Entity, 'id'>): Entity {
  const nothing = { parent: '', name: rest.id, state: '', lookup: undefined, revision: 1, data: {} };
  return { workspace, kind, ...nothing, createdMs: 1, updatedMs: 1, ...rest };
}

function* house(workspace: string): Generator<Entity> {
  yield entity(workspace, 'upstream', {
    id: 'up_1',
    name: 'service',
    data: { spec: { targets: ['http://127.0.0.1:9'] } },
  });
  for (let n = 0; n < apis; n++) {
    const [api, version, revision] = [numbered('api', n), numbered('ver', n), numbered('rev', n)];
    const routes = [
      { method: 'GET', path: '/x' },
      { method: 'POST', path: '/x/{id}' },
    ];
    const spec = { basePath: `/a${n}`, upstream: 'service', access: 'subscribed', routes };
    yield entity(workspace, 'api', { id: api, name: `api-${n}`, data: { title: `Api ${n}` } });
    yield entity(workspace, 'version', {
      id: version,
      parent: api,
      name: '1.0.0',
      state: 'published',
      data: { spec, deployed: revision },
    });
    yield entity(workspace, 'revision', { id: revision, parent: version, state: 'deployed', data: { spec } });
  }
  const some = Array.from({ length: Math.min(apis, 1000) }, (_, n) => `api-${n}`);
  yield entity(workspace, 'plan', { id: 'plan_1', name: 'gold', state: 'published', data: { apis: some, spec: {} } });
  for (let n = 0; n < applications; n++) {
    const application = numbered('app', n);
    yield entity(workspace, 'application', { id: application, name: `application-${n}`, state: 'active' });
    const subscription = { api: `api-${n % some.length}`, plan: 'gold' };
    yield entity(workspace, 'subscription', {
      id: numbered('sub', n),
      parent: application,
      state: 'active',
      data: subscription,
    });
  }
  for (let n = 0; n < credentials; n++) {
    const lookup = createHash('sha256').update(keyOf(n)).digest('hex');
    const parent = numbered('app', n % applications);
    yield entity(workspace, 'credential', { id: numbered('cred', n), parent, state: 'active', lookup });
  }
}

async function fill(database: Database): Promise<void> {
  const workspace = 'ws_bench';
  const entities = house(workspace);
  await database.write('house', async (sql) =>
    insertEntity(sql, entity('', 'workspace', { id: workspace, name: 'default' })),
  );
  for (let written = PIECE; written === PIECE;) {
    written = await database.write('house', async (sql) => piece(sql, entities));
  }
}

/** How many there still were. */
async function piece(sql: Statements, entities: Generator<Entity>): Promise<number> {
  for (let i = 0; i < PIECE; i++) {
    const next = entities.next();
    if (next.done === true) return i;
    await insertEntity(sql, next.value);
  }
  return PIECE;
}

interface Running {
  readonly pid: number;
  readonly gateway: string;
  readonly admin: string;
  readonly output: () => string;
  stop(): Promise<void>;
}

async function start(): Promise<Running> {
  const config = path.join(folder, 'gatehouse.yaml');
  writeFileSync(config, 'gatehouse: 1\n');
  const at = ['--listen', '127.0.0.1:0', '--status', '127.0.0.1:0', '--console', '127.0.0.1:0', '--workers', '2'];
  const main = path.join(import.meta.dirname, '../apps/cli/bin/gatehouse.js');
  const child = spawn(process.execPath, [main, 'start', '--config', config, '--data', data, ...at], {
    env: { PATH: process.env['PATH'], GATEHOUSE_ADMIN_TOKEN: TOKEN },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  while (!/config {3}/.test(output)) {
    if (child.exitCode !== null) throw new Error(output);
    await sleep(20);
  }
  return {
    pid: child.pid ?? 0,
    gateway: /gateway {2}(\S+)/.exec(output)?.[1] ?? '',
    admin: /admin {4}(\S+)/.exec(output)?.[1] ?? '',
    output: () => output,
    stop: async () => {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('close', resolve));
    },
  };
}

async function ask(running: Running, to: string, body?: unknown): Promise<Record<string, unknown>> {
  const reply = await fetch(`${running.admin}${to}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  if (reply.status >= 300) throw new Error(`${to}: ${reply.status} ${text.slice(0, 500)}`);
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function memory(pid: number): string {
  const kilobytes = processTree(pid)
    .map((each) => /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${each}/status`, 'utf8'))?.[1])
    .reduce((sum, each) => sum + Number(each ?? 0), 0);
  return `${(kilobytes / 1024).toFixed(0)} MiB`;
}

async function measure(running: Running): Promise<void> {
  const w = '/workspaces/default';
  say('memory of all threads together', memory(running.pid));
  for (const [what, to] of [
    ['apis', `${w}/apis?limit=100`],
    ['applications', `${w}/applications?limit=100`],
    ['credentials', `${w}/credentials?limit=100`],
    ['credentials of one application', `${w}/credentials?application=${numbered('app', 5)}`],
    ['one api by name', `${w}/apis?name=api-77`],
    ['audit', `${w}/audit?limit=100`],
  ] as const) {
    await ask(running, to);
    await timed(`list: ${what}`, async () => ask(running, to));
  }
  const { id } = await timed('publish: a new application', async () =>
    ask(running, `${w}/applications`, { name: 'new' }),
  );
  const application = String(id);
  const credential = await timed('publish: a new key', async () =>
    ask(running, `${w}/credentials`, { name: 'new', application }),
  );
  await timed('publish: a key taken back', async () =>
    ask(running, `${w}/credentials/${String(credential['id'])}/revoke`, {}),
  );
  await timed('publish: an application suspended', async () =>
    ask(running, `${w}/applications/${application}/suspend`, {}),
  );
  for (let round = 0; round < 3; round++) {
    await timed('publish: a new upstream', async () =>
      ask(running, `${w}/upstreams`, { name: `another-${round}`, spec: { targets: ['http://127.0.0.1:9'] } }),
    );
  }
  const reply = await fetch(`${running.gateway}/a3/x`, { headers: { 'x-api-key': keyOf(3) } });
  // Nobody listens behind the gate: that it got so far is what is asked.
  say('a call with one of the keys', `${reply.status} (502: let through)`);
  say('memory of all threads together, afterwards', memory(running.pid));
}

try {
  say('apis, applications, credentials', [apis, applications, credentials].join(', '));
  mkdirSync(data, { recursive: true });
  const database = await openDatabase(path.join(data, 'gatehouse.db'));
  await timed('filled', async () => fill(database));
  await database.close();
  const first = await timed('first start, from the store alone', start);
  await measure(first);
  await first.stop();
  const second = await timed('second start, from what was kept', start);
  say('memory of all threads together', memory(second.pid));
  await second.stop();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
