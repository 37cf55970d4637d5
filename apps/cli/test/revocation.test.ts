import http from 'node:http';
import { expect, it } from 'vitest';
import { governedGate, type GovernedGate } from './governed-gate.ts';
import { stubUpstream } from './stub-upstream.ts';
import { temporaryFolder } from './temporary-folder.ts';

const W = '/workspaces/default';
const ROUNDS = 1000;
const CONNECTIONS = 8;

/** Over connections of their own, so that each worker is asked. */
function caller(gateway: string): { statusOf(key: string): Promise<number>; close(): void } {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  return {
    statusOf: async (key) =>
      new Promise((resolve, reject) => {
        const asked = http.get(`${gateway}/file/x`, { agent, headers: { 'x-api-key': key } }, (reply) => {
          reply.resume().once('end', () => resolve(reply.statusCode ?? 0));
        });
        asked.once('error', reject);
      }),
    close: () => agent.destroy(),
  };
}

/** Workers share the port as the system sees fit: connections are made until each worker has one. */
async function callersOfAllWorkers(gate: GovernedGate): Promise<ReturnType<typeof caller>[]> {
  const made = Array.from({ length: CONNECTIONS }, () => caller(gate.gateway));
  await Promise.all(made.map(async (one) => one.statusOf('none')));
  return made;
}

it('a revoked key is refused by the first call after the answer, by every worker, a thousand times of a thousand', async () => {
  const { url } = await stubUpstream();
  const config = `gatehouse: 1\napis: { ofFile: { basePath: /file, access: key, upstream: "${url}" } }\n`;
  const gate = await governedGate({ folder: temporaryFolder(), config });
  const application = await gate.done(`${W}/applications`, { name: 'mobile' });
  const callers = await callersOfAllWorkers(gate);
  const statuses = async (key: string): Promise<number[]> => Promise.all(callers.map(async (one) => one.statusOf(key)));
  const wrong: unknown[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const credential = await gate.done(`${W}/credentials`, { name: `k${round}`, application: application.id });
    // Each worker has it in its own memory before it is taken back.
    const before = await statuses(credential.key);
    const { enforcement } = await gate.done(`${W}/credentials/${credential.id}/revoke`, {});
    const after = await statuses(credential.key);
    if (before.some((status) => status !== 200) || after.some((status) => status !== 401))
      wrong.push({ before, after });
    expect(enforcement.workers).toEqual({ enforcing: 2, of: 2 });
  }
  for (const one of callers) one.close();
  expect(wrong).toEqual([]);
}, 120_000);
