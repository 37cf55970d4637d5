import { writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { launch } from './spawned-program.ts';
import { listenSomewhere } from './stub-upstream.ts';
import { temporaryFolder } from './temporary-folder.ts';

const REPLY = JSON.stringify({
  object: 'chat.completion',
  model: 'x',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 7, completion_tokens: 100, total_tokens: 107 },
});
const ROOM = 30;

/** Answers slowly, and counts what it would put on the bill. */
async function vendor() {
  let billed = 0;
  const server = http.createServer((request, response) => {
    billed++;
    request.resume();
    request.on('end', () => setTimeout(() => response.end(REPLY), 5 + (billed % 7) * 30));
  });
  const port = await listenSomewhere(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port, billed: () => billed };
}

async function call(url: string): Promise<number> {
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }], max_tokens: 100 });
  return fetch(`${url}/v1/chat/completions`, { method: 'POST', body }).then(
    async (reply) => {
      await reply.arrayBuffer();
      return reply.status;
    },
    () => 0,
  );
}

it('no budget is overspent when the gate is killed in the middle of calls and started again', async () => {
  const { port, billed } = await vendor();
  const folder = temporaryFolder();
  const file = path.join(folder, 'gatehouse.yaml');
  writeFileSync(
    file,
    `gatehouse: 1
ai:
  require: open
  providers: { one: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${port}/v1" } }
  models: { m: { targets: [ { provider: one, model: x } ] } }
  prices: { one: { x: { input: 0, output: 10 } } }
  budgets: [ { of: all, usd: ${ROOM / 1000}, per: total } ]
`,
  );
  const args = ['start', '--config', file, '--data', path.join(folder, 'data'), '--workers', '2'];
  const start = () => launch([...args, '--listen', '127.0.0.1:0', '--status', '127.0.0.1:0']);
  for (let life = 0; life < 3; life++) {
    const program = start();
    const { gateway } = await program.ready();
    const calls = Array.from({ length: 12 }, async () => call(gateway));
    await sleep(20 + life * 25);
    program.child.kill('SIGKILL');
    await Promise.all([...calls, program.closed]);
  }
  const last = start();
  const { gateway } = await last.ready();
  const statuses = await Promise.all(Array.from({ length: 60 }, async () => call(gateway)));
  expect(statuses.every((status) => status === 200 || status === 429)).toBe(true);
  expect(statuses).toContain(429);
  expect(billed()).toBeGreaterThan(0);
  expect(billed()).toBeLessThanOrEqual(ROOM);
});
