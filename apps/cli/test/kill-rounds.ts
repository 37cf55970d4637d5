import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { localAccess } from '../src/local-access.ts';
import { SpawnedProgram } from './spawned-program.ts';
import { listenSomewhere } from './stub-upstream.ts';

export interface KillOptions {
  readonly rounds: number;
  /** Empty, and the caller's to delete. */
  readonly folder: string;
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number;
  readonly say?: (line: string) => void;
}

export interface KillOutcome {
  readonly answered: number;
  readonly stored: number;
  /** Ids that the store holds more than once. */
  readonly duplicates: readonly string[];
  /** Answered calls that the store does not know, and how long before the end of their gate they were answered. */
  readonly missing: readonly { readonly id: string; readonly beforeMs: number }[];
}

interface Answered {
  readonly id: string;
  readonly round: number;
  readonly atMs: number;
}

const CALLERS = 8;
const PAGE = 1000;

/**
 * Kills a gate with SIGKILL while it serves, again and again, now alone and now together with its observer; then counts
 * what the store of its records holds, against what callers were told.
 */
export async function killRounds({ rounds, folder, random, say = () => undefined }: KillOptions): Promise<KillOutcome> {
  const upstream = http.createServer((_, response) => response.end('ok'));
  const port = await listenSomewhere(upstream);
  const file = path.join(folder, 'gatehouse.yaml');
  const data = path.join(folder, 'data');
  writeFileSync(file, configOf(port));
  const args = ['start', '--config', file, '--data', data, '--workers', '2', '--log-level', 'error'];
  const start = (): SpawnedProgram =>
    new SpawnedProgram([...args, '--listen', '127.0.0.1:0', '--status', '127.0.0.1:0', '--console', '127.0.0.1:0']);
  const answered: Answered[] = [];
  const ends: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const gate = start();
      const { gateway, status } = await gate.ready();
      // Whoever asks about calls wakes the observer.
      await fetch(`${status}/metrics`).then(async (reply) => reply.text());
      const callers = Array.from({ length: CALLERS }, async (_, caller) =>
        calling({ gateway, round, caller }, answered),
      );
      await sleep(300 + random() * 1500);
      const others = random() < 0.5 ? childrenOf(gate.pid) : [];
      ends.push(Date.now());
      gate.child.kill('SIGKILL');
      for (const pid of others) killed(pid);
      await Promise.all([...callers, gate.closed]);
      say(`round ${round + 1} of ${rounds}: ${answered.length} calls answered`);
    }
    const last = start();
    await last.ready();
    const ids = await storedIds(data);
    await last.stop();
    return outcomeOf(ids, { answered, ends });
  } finally {
    upstream.close();
    upstream.closeAllConnections();
  }
}

const configOf = (port: number): string => `gatehouse: 1
upstreams: { s: { targets: ["http://127.0.0.1:${port}"] } }
apis: { a: { basePath: /a, upstream: s, access: open, routes: [{ path: "/*" }] } }
`;

/** One caller after the other reply, until the gate is gone. */
async function calling(
  { gateway, round, caller }: { readonly gateway: string; readonly round: number; readonly caller: number },
  answered: Answered[],
): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (let call = 0; ; call++) {
    const id = `kill-${round}-${caller}-${call}`;
    const isAnswered = await new Promise<boolean>((resolve) => {
      const request = http.get(`${gateway}/a/x`, { agent, headers: { 'x-request-id': id } }, (reply) => {
        reply.resume().on('end', () => resolve(reply.complete && reply.statusCode === 200));
        reply.on('error', () => resolve(false));
      });
      request.on('error', () => resolve(false));
    });
    if (!isAnswered) break;
    answered.push({ id, round, atMs: Date.now() });
  }
  agent.destroy();
}

/** On Linux; elsewhere the gate alone is killed, and its observer ends with it. */
function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** By the admin API, once nothing new has come for two seconds. */
async function storedIds(data: string): Promise<readonly string[]> {
  const { url = '', token = '' } = localAccess(data) ?? {};
  const get = async (at: string): Promise<Page> => {
    const reply = await fetch(`${url}/api/v1${at}`, { headers: { authorization: `Bearer ${token}` } });
    if (!reply.ok) throw new Error(`${at}: ${reply.status} ${await reply.text()}`);
    // What a gate of this tree answers.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return (await reply.json()) as Page;
  };
  let before = -1;
  for (let same = 0; same < 4;) {
    const { rows = [] } = await get('/analytics?metrics=calls&from=30d').catch((): Page => ({}));
    const calls = rows[0]?.values.calls ?? 0;
    same = calls === before ? same + 1 : 0;
    before = calls;
    await sleep(700);
  }
  const ids: string[] = [];
  let cursor = '';
  do {
    const page = await get(`/records?from=30d&limit=${PAGE}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    ids.push(...(page.records ?? []).map(({ id }) => id));
    cursor = page.next ?? '';
  } while (cursor !== '');
  return ids;
}

interface Page {
  readonly rows?: readonly { readonly values: { readonly calls: number } }[];
  readonly records?: readonly { readonly id: string }[];
  readonly next?: string;
}

function outcomeOf(
  ids: readonly string[],
  { answered, ends }: { readonly answered: readonly Answered[]; readonly ends: readonly number[] },
): KillOutcome {
  const seen = new Set<string>();
  const duplicates: string[] = [];
  for (const id of ids) {
    if (seen.has(id)) duplicates.push(id);
    seen.add(id);
  }
  const missing = answered
    .filter(({ id }) => !seen.has(id))
    .map(({ id, round, atMs }) => ({ id, beforeMs: (ends[round] ?? 0) - atMs }));
  return { answered: answered.length, stored: ids.length, duplicates, missing };
}
