import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '@gatehouse/kernel';
import { expect, it } from 'vitest';
import { booksOf, BUDGETS_YAML, recordsIn } from './money-books.ts';
import { moneyVendor } from './money-vendor.ts';
import { launch } from './spawned-program.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** For a long one: `node scripts/money-chaos.ts`. A seed repeats the dice, though not the machine's. */
const ROUNDS = Number(process.env['GATEHOUSE_MONEY_ROUNDS'] ?? 10);
const SEED = Number(process.env['GATEHOUSE_MONEY_SEED'] ?? Math.floor(Math.random() * 1e9));
const CALLERS = 24;
const LIFE_MS_MAX = 400;

type Random = () => number;

function configuration(one: number, two: number): string {
  const key = (secret: string): string => `keys: [ { name: k, secret: ${secret} } ]`;
  return `gatehouse: 1
ai:
  providers:
    one: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${one}/v1" }
    two: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${two}/v1" }
  models:
    m: { targets: [ { provider: one, model: x } ] }
    n: { targets: [ { provider: one, model: x }, { provider: two, model: y } ], hedge: { after: 15ms } }
  timeouts: { firstToken: 300ms, total: 1s }
  prices:
    one: { x: { input: 3, output: 10 } }
    two: { y: { input: 1.7, output: 7.3 } }
  budgets:${BUDGETS_YAML}
applications:
  a: { team: t, ${key('secret-of-a')} }
  b: { team: t, ${key('secret-of-b')} }
  c: { team: u, ${key('secret-of-c')} }
`;
}

/** Says whether the whole answer has come. */
async function call(url: string, id: string, random: Random): Promise<boolean> {
  const application = 'abc'[Math.floor(random() * 3)];
  const leave = new AbortController();
  const ask = {
    model: random() < 0.5 ? 'm' : 'n',
    messages: [{ role: 'user', content: 'hi'.repeat(1 + Math.floor(random() * 40)) }],
    max_tokens: 100,
    stream: random() < 0.5,
  };
  if (random() < 0.1) setTimeout(() => leave.abort(), random() * 60);
  try {
    const reply = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(ask),
      headers: { authorization: `Bearer secret-of-${application}`, 'x-request-id': id },
      signal: leave.signal,
    });
    await reply.arrayBuffer();
    return reply.status === 200;
  } catch {
    return false;
  }
}

interface Load {
  /** Makes no further calls. */
  stop(): void;
  /** The ids of calls that were answered in full, once all have ended. */
  readonly answered: Promise<readonly string[]>;
}

function load(url: string, name: string, random: Random): Load {
  const answered: string[] = [];
  let [calls, over] = [0, false];
  const caller = async (): Promise<void> => {
    while (!over) {
      const id = `${name}-${calls++}`;
      if (await call(url, id, random)) answered.push(id);
      else if (await isGone(url)) over = true;
    }
  };
  const all = Promise.all(Array.from({ length: CALLERS }, caller));
  return { stop: () => (over = true), answered: all.then(() => answered) };
}

async function isGone(url: string): Promise<boolean> {
  return fetch(url).then(
    () => false,
    () => true,
  );
}

/** What every start must find. */
async function check(data: string, answered: readonly string[]): Promise<void> {
  const records = await recordsIn(data);
  const ids = new Set(records.map(({ id }) => id));
  const { recorded, spent } = booksOf(data, records);
  expect(spent).toEqual(recorded);
  expect(records.length).toBe(ids.size);
  expect(answered.filter((id) => !ids.has(id))).toEqual([]);
}

it(
  'records and budgets say the same to the micro-dollar, and miss no answer, whenever the gate is killed',
  { timeout: 30_000 + ROUNDS * 5000 },
  async () => {
    console.log(`GATEHOUSE_MONEY_SEED=${SEED}`);
    const random = randomFrom(SEED);
    const folder = temporaryFolder();
    const [file, data] = [path.join(folder, 'gatehouse.yaml'), path.join(folder, 'data')];
    writeFileSync(file, configuration(await moneyVendor(random), await moneyVendor(random)));
    const args = ['start', '--config', file, '--data', data, '--workers', '2', '--listen', '127.0.0.1:0'];
    const answered: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const program = launch([...args, '--status', '127.0.0.1:0']);
      const { gateway } = await program.ready();
      await check(data, answered);
      const calls = load(gateway, `r${round}`, random);
      await sleep(random() * LIFE_MS_MAX);
      // In the middle of calls, or a moment after the last one has ended: then most of them are recorded already.
      const calm = round % 3 === 2;
      if (calm) calls.stop();
      if (calm) await calls.answered;
      if (calm) await sleep(random() * 100);
      program.child.kill('SIGKILL');
      answered.push(...(await calls.answered));
      await program.closed;
    }
    const last = launch([...args, '--status', '127.0.0.1:0']);
    await last.ready();
    await check(data, answered);
    const lost = (await recordsIn(data)).filter(({ code }) => code === 'gateway.worker_lost');
    expect(answered.length).toBeGreaterThan(ROUNDS);
    expect(lost.some(({ aiCostMicroUsd = 0 }) => aiCostMicroUsd > 0)).toBe(true);
    expect(lost.filter(({ aiUsageState }) => aiUsageState !== 'partial')).toEqual([]);
  },
);
