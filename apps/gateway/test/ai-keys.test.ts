import { describe, expect, it } from 'vitest';
import { gate, upstream, within } from './review-tools.ts';

const CHAT = '/v1/chat/completions';

function completion(tokens: number): string {
  return JSON.stringify({
    object: 'chat.completion',
    model: 'x',
    choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens },
  });
}

/** A vendor that counts calls by key. */
async function vendor(tokens = 2) {
  const calls: Record<string, number> = {};
  const { port } = await upstream((request, response) => {
    const key = String(request.headers.authorization);
    calls[key] = (calls[key] ?? 0) + 1;
    request.resume();
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(completion(tokens));
    });
  });
  return { port, calls };
}

function config(port: number, limits: string, rest = ''): string {
  return `
ai:
  require: open
  providers:
    pool:
      kind: openai-compatible
      baseUrl: "http://127.0.0.1:${port}/v1"
      apiKeys:
        - { name: one, key: k1, limits: ${limits} }
        - { name: two, key: k2, limits: ${limits} }
        - { name: three, key: k3, weight: 0, limits: ${limits} }
  models: { m: { targets: [ { provider: pool, model: x } ] }, other: { targets: [ { provider: pool, model: y } ] } }
${rest}`;
}

async function call(url: string, model = 'm'): Promise<Response> {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] });
  const ask = async (): Promise<Response> => fetch(url + CHAT, { method: 'POST', body });
  // A connection that was kept to a worker that is gone has taken no call.
  const reply = await ask().catch(ask);
  await reply.arrayBuffer();
  return reply;
}

async function statuses(url: string, count: number): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  const models = ['m', 'other', 'pool/z'];
  const replies = await Promise.all(Array.from({ length: count }, async (_, n) => call(url, models[n % 3])));
  for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe('the limits of the keys of a provider', () => {
  it('let exactly as many of 200 calls at once pass as each key may make, over four workers and all models', async () => {
    const { port, calls } = await vendor();
    const running = await gate(config(port, '{ requests: 10, window: 1h }'), 4);
    expect(await statuses(running.url, 200)).toEqual({ 200: 30, 503: 170 });
    expect(calls).toEqual({ 'Bearer k1': 10, 'Bearer k2': 10, 'Bearer k3': 10 });
    const records = await running.records();
    expect(new Set(records.map(({ worker }) => worker)).size).toBeGreaterThan(1);
  });

  it('say when there is room again, and outlive a reload and a worker', async () => {
    const { port, calls } = await vendor();
    const running = await gate(config(port, '{ requests: 1, window: 1h }'), 2);
    expect(await statuses(running.url, 10)).toEqual({ 200: 3, 503: 7 });
    await running.publish(config(port, '{ requests: 2, window: 1h }'));
    await running.gateway.killWorker(0);
    await within(5000, () => running.gateway.status().restarts === 1);
    expect(await statuses(running.url, 10)).toEqual({ 200: 3, 503: 7 });
    expect(calls).toEqual({ 'Bearer k1': 2, 'Bearer k2': 2, 'Bearer k3': 2 });
    const refused = await call(running.url);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3500);
  });

  it('count the tokens that calls have used, whichever worker had them', async () => {
    const { port, calls } = await vendor(600);
    const running = await gate(config(port, '{ tokens: 1000, window: 1h }'), 4);
    for (let n = 0; n < 12; n++) await call(running.url);
    expect(calls).toEqual({ 'Bearer k1': 2, 'Bearer k2': 2, 'Bearer k3': 2 });
  });

  it('count nothing for calls that a budget refuses', async () => {
    const { port, calls } = await vendor();
    const broke = 'budgets: [ { of: model, name: m, usd: 0.000001, per: month } ]';
    const prices = 'prices: { pool: { x: { input: 10, output: 10 }, y: { input: 0, output: 0 } } }';
    const running = await gate(config(port, '{ requests: 1, window: 1h }', `  ${broke}\n  ${prices}\n`));
    for (let n = 0; n < 10; n++) expect((await call(running.url, 'm')).status).toBe(429);
    expect(calls).toEqual({});
    for (let n = 0; n < 3; n++) expect((await call(running.url, 'other')).status).toBe(200);
  });
});

describe('a key that is revoked', () => {
  it('costs one worker one try, and the others none', async () => {
    const calls: Record<string, number> = {};
    const { port } = await upstream((request, response) => {
      const key = String(request.headers.authorization);
      calls[key] = (calls[key] ?? 0) + 1;
      response.setHeader('content-type', 'application/json');
      request.resume();
      if (key === 'Bearer k1') response.writeHead(401).end('{"error":{"message":"revoked"}}');
      else response.end(completion(2));
    });
    const text = config(port, '{ requests: 1000, window: 1h }');
    const running = await gate(text, 4);
    while (calls['Bearer k1'] === undefined) expect((await call(running.url)).status).toBe(200);
    // What workers say and hear comes in order, so whoever has switched has heard of the key.
    await running.publish(`${text}  basePath: /\n`);
    expect(await statuses(running.url, 100)).toEqual({ 200: 100 });
    expect(calls['Bearer k1']).toBe(1);
  });
});
