import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { closedAddress } from './closed-address.ts';
import { governedGate, type GovernedGate } from './governed-gate.ts';
import { run, type Exit } from './spawned-program.ts';
import { listenSomewhere } from './stub-upstream.ts';
import { temporaryFolder } from './temporary-folder.ts';

const CALLS = 5;
const REPLY = JSON.stringify({
  object: 'chat.completion',
  model: 'x',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 7, completion_tokens: 100, total_tokens: 107 },
});

async function vendor(): Promise<number> {
  const server = http.createServer((request, response) => request.resume().on('end', () => response.end(REPLY)));
  const port = await listenSomewhere(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return port;
}

/** With calls that are in the ledger. */
async function spendingGate(folder: string): Promise<GovernedGate> {
  const config = `gatehouse: 1
ai:
  require: open
  providers: { one: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${await vendor()}/v1" } }
  models: { m: { targets: [ { provider: one, model: x } ] } }
  prices: { one: { x: { input: 1, output: 10 } } }
`;
  const gate = await governedGate({ folder, config });
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
  for (let call = 0; call < CALLS; call++)
    expect((await fetch(`${gate.gateway}/v1/chat/completions`, { method: 'POST', body })).status).toBe(200);
  const deadline = performance.now() + 60_000;
  while (((await gate.ask('/ledger/verify')).body['rows'] ?? 0) < CALLS) {
    if (performance.now() > deadline) expect.fail('the calls do not come into the ledger');
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
  return gate;
}

it('what calls cost is told, verified, taken away and held against an export', async () => {
  const folder = temporaryFolder();
  const gate = await spendingGate(folder);
  const ledger = async (...args: readonly string[]): Promise<Exit> =>
    run(['ledger', ...args, '--data', path.join(folder, 'data')]);

  const verified = await ledger('verify');
  expect(verified.out).toMatch(/^5 rows are as they were written\ngate \S+ ends with row 5 {2}[0-9a-f]{64}\n/);
  const [head = ''] = /[0-9a-f]{64}/.exec(verified.out) ?? [];
  expect((await ledger('verify', '--head', head)).code).toBe(0);
  const cut = await ledger('verify', '--head', 'a'.repeat(64), '--json');
  expect([cut.code, JSON.parse(cut.out)]).toMatchObject([1, { ok: false, problem: { seq: 5 } }]);
  expect(await ledger('verify', '--head', 'x')).toMatchObject({
    code: 2,
    err: '--head x: a head is 64 hexadecimal digits\n',
  });

  const file = path.join(folder, 'ledger.ndjson');
  writeFileSync(file, (await ledger('export')).out);
  expect(await run(['ledger', 'verify', file, '--head', head])).toMatchObject({ code: 0, out: verified.out });
  writeFileSync(file, readFileSync(file, 'utf8').replace('"costMicroUsd":1007', '"costMicroUsd":1006'));
  const tampered = await run(['ledger', 'verify', file]);
  expect([tampered.code, tampered.out]).toEqual([
    1,
    expect.stringMatching(/^gate \S+, row 1: it is not what its hash was made of\n$/),
  ]);

  const table = await ledger('charge-back', '--by', 'provider,model', '--from', '1h');
  const [columns, row] = table.out.split('\n');
  expect([table.code, columns, row]).toEqual([
    0,
    expect.stringMatching(/^provider,model,calls,/),
    'one,x,5,35,0,500,0,0,0.005035,0.000000',
  ]);
  const json = await ledger('charge-back', '--json', '--workspace', 'default');
  expect(JSON.parse(json.out)).toMatchObject({ total: { calls: CALLS, costUsd: '0.005035' } });

  const day = new Date(Number(/"time":(\d+)/.exec(readFileSync(file, 'utf8'))?.[1])).toISOString().slice(0, 10);
  const period = { from: '2020-01-01', to: '2100-01-01' };
  await gate.done('/ledger/rerate', { period, prices: { 'one/x': { input: 2, output: 10 } } });
  const theirs = path.join(folder, 'usage.csv');
  writeFileSync(theirs, `date,model,requests,input_tokens,output_tokens,cost_usd\n${day},x,5,35,500,0.00507\n`);
  const asked = ['reconcile', theirs, '--provider', 'one'];
  const agreed = await ledger(...asked, '--tolerance', '0');
  expect([agreed.code, agreed.err]).toEqual([0, '']);
  expect(agreed.out).toContain(`${day}  x  agrees\n`);
  writeFileSync(theirs, `date,model,requests,cost_usd\n${day},x,6,0.00507\n`);
  const differs = await ledger(...asked);
  expect([differs.code, differs.out]).toEqual([
    1,
    expect.stringContaining('requests: ours 5, theirs 6, difference -1'),
  ]);
  expect(JSON.parse((await ledger(...asked, '--json')).out)).toMatchObject({ verdict: 'differs' });
  expect((await ledger(...asked, '--csv')).out).toMatch(/^day,model,verdict,/);
  writeFileSync(theirs, 'when,what\n1,2\n');
  const unknown = await ledger(...asked);
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('It has: when, what')]);
  expect((await ledger('reconcile', 'missing.csv', '--provider', 'one')).err).toBe(
    'missing.csv: there is no such file, check its name\n',
  );
});

it('a ledger that cannot be reached is not verified', async () => {
  const server = await closedAddress();
  const { code, err } = await run(['ledger', 'verify', '--server', server, '--token', 'x']);
  expect([code, err]).toEqual([2, expect.stringContaining('no gate answers there')]);
  const missing = await run(['ledger', 'verify', 'missing.ndjson']);
  expect([missing.code, missing.err]).toEqual([2, 'missing.ndjson: there is no such file, check its name\n']);
});
