import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startGate } from './harness.ts';
import { caller, gate, post, upstream, within } from './review-tools.ts';

const CHAT = '/v1/chat/completions';
const USAGE = { prompt_tokens: 7, completion_tokens: 100, total_tokens: 107 };
const REPLY = JSON.stringify({
  object: 'chat.completion',
  model: 'x',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
  usage: USAGE,
});

/** A hundred tokens cost a thousandth of a dollar; so much each call reserves and, if nobody says else, costs. */
function config(port: number, budgets: string): string {
  return `
ai:
  providers: { one: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${port}/v1" } }
  models: { m: { targets: [ { provider: one, model: x } ] } }
  prices: { one: { x: { input: 0, output: 10 } } }
  budgets: ${budgets}
applications:
  a: { team: t, keys: [ { name: k, secret: key-a } ] }
  b: { team: t, keys: [ { name: k, secret: key-b } ] }
`;
}

async function provider(usage: object = USAGE) {
  return upstream((request, response) => {
    request.resume();
    request.on('end', () =>
      setTimeout(() => {
        response.setHeader('content-type', 'application/json');
        response.end(REPLY.replace(JSON.stringify(USAGE), JSON.stringify(usage)));
      }, 20),
    );
  });
}

async function call(url: string, key = 'key-a'): Promise<Response> {
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }], max_tokens: 100 });
  return fetch(url + CHAT, { method: 'POST', body, headers: { authorization: `Bearer ${key}` } });
}

async function statuses(count: number, url: string, key?: string): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  const replies = await Promise.all(Array.from({ length: count }, async () => call(url, key)));
  for (const reply of replies) {
    await reply.arrayBuffer();
    counts[reply.status] = (counts[reply.status] ?? 0) + 1;
  }
  return counts;
}

describe('a hard budget', () => {
  it('lets exactly as many of 200 calls at once pass as there is money for, over four workers', async () => {
    const { port } = await provider();
    const running = await gate(config(port, '[ { of: application, name: a, usd: 0.01, per: month } ]'), 4);
    expect(await statuses(200, running.url)).toEqual({ 200: 10, 429: 190 });
    expect((await call(running.url)).status).toBe(429);
    expect((await call(running.url, 'key-b')).status).toBe(200);
    const costs = (await running.records()).map(({ aiCostMicroUsd }) => aiCostMicroUsd ?? 0);
    expect(costs.reduce((sum, cost) => sum + cost, 0)).toBe(11_000);
  });

  it('is refused in words that SDKs understand, and tells what is left while there is something', async () => {
    const { port } = await provider();
    const running = await gate(config(port, '[ { of: team, name: t, usd: 0.0015, per: day } ]'));
    const first = await call(running.url);
    expect(first.headers.get('x-gatehouse-budget')).toBe('team;per=day;limit=0.001500;left=0.000500');
    const second = await call(running.url);
    expect(await second.json()).toMatchObject({ error: { code: 'insufficient_quota', type: 'insufficient_quota' } });
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(second.headers.get('x-should-retry')).toBe('false');
  });

  it('is charged what a call did cost, not what was set aside for it', async () => {
    const { port } = await provider({ prompt_tokens: 1, completion_tokens: 10, total_tokens: 11 });
    const running = await gate(config(port, '[ { of: all, usd: 0.0012, per: total } ]'));
    const codes: number[] = [];
    for (let i = 0; i < 4; i++) codes.push((await call(running.url)).status);
    // 0.0001 each; 0.001 must be free for each of them.
    expect(codes).toEqual([200, 200, 200, 429]);
  });

  it('gets back what a call that failed had set aside', async () => {
    const { port } = await upstream((request, response) => {
      request.resume();
      request.on('end', () => response.writeHead(500).end());
    });
    const running = await gate(config(port, '[ { of: all, usd: 0.0012, per: total } ]'));
    const codes: number[] = [];
    for (let i = 0; i < 3; i++) codes.push((await call(running.url)).status);
    expect(codes).toEqual([502, 502, 502]);
  });

  it('is not kept for a model without a price, which is refused', async () => {
    const { port } = await provider();
    const text = config(port, '[ { of: all, usd: 1, per: total } ]').replace(/ {2}prices: .*\n/, '');
    const running = await gate(text);
    const reply = await call(running.url);
    expect([reply.status, await reply.json()]).toMatchObject([
      429,
      { error: { message: /price of `x` is not known/ } },
    ]);
  });

  it('pays for what reached a caller that left in the middle of a stream', async () => {
    const { port } = await upstream((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (let i = 0; i < 40; i++) response.write(`data: {"choices":[{"index":0,"delta":{"content":"w${i} "}}]}\n\n`);
    });
    const running = await gate(config(port, '[ { of: all, usd: 1, per: total } ]'));
    const body = JSON.stringify({
      model: 'm',
      stream: true,
      messages: [{ role: 'user', content: 'hi' }],
      max_tokens: 100,
    });
    const one = caller(running.port, post(CHAT, body).replace('\r\n', '\r\nauthorization: Bearer key-a\r\n'));
    await within(2000, () => one.text().includes('w39'));
    one.socket.destroy();
    await sleep(1500);
    expect(await running.records()).toMatchObject([
      { aiUsageState: 'estimated', aiOutputTokens: 40, aiCostMicroUsd: 400, code: 'request.cancelled' },
    ]);
  });
});

describe('a budget that warns', () => {
  it('refuses nobody and says that it is exceeded', async () => {
    const { port } = await provider();
    const running = await gate(config(port, '[ { of: application, usd: 0.0015, per: hour, mode: warning } ]'));
    await call(running.url);
    const second = await call(running.url);
    expect(second.status).toBe(200);
    expect(second.headers.get('x-gatehouse-budget')).toMatch(/left=0\.000000;exceeded$/);
  });
});

describe('what was spent', () => {
  it('is still spent after a stop and a start', async () => {
    const { port } = await provider();
    const text = config(port, '[ { of: all, usd: 0.003, per: total } ]');
    const first = await startGate(text, 2);
    expect(await statuses(2, first.url)).toEqual({ 200: 2 });
    await first.gateway.stop(1000);
    const second = await startGate(text, { workers: 2, dataDir: first.dataDir });
    expect(await statuses(5, second.url)).toEqual({ 200: 1, 429: 4 });
    await second.stop();
  });

  it('includes what a worker that died had set aside', async () => {
    const { port } = await upstream((request) => void request.resume());
    const running = await gate(config(port, '[ { of: all, usd: 0.0015, per: total } ]'));
    void call(running.url).catch(() => undefined);
    await sleep(300);
    await running.gateway.killWorker(0);
    let status = 0;
    // Until its successor listens, nobody does.
    for (
      const deadlineMs = performance.now() + 15_000;
      status === 0 && performance.now() < deadlineMs;
      await sleep(50)
    ) {
      status = await call(running.url).then(
        (reply) => reply.status,
        () => 0,
      );
    }
    expect(status).toBe(429);
  });
});

describe('a limit on tokens', () => {
  it('counts prompts and answers, tells what is left, and refuses with the time to wait', async () => {
    const { port } = await provider();
    const access = '  access: [ { application: a, models: [m], limits: [ { tokens: 120, window: 1m } ] } ]\n';
    const running = await gate(config(port, '[]').replace('applications:', `${access}applications:`), 2);
    const first = await call(running.url);
    expect(Number(first.headers.get('x-ratelimit-remaining-tokens'))).toBeGreaterThan(80);
    await first.arrayBuffer();
    const codes: number[] = [];
    for (let i = 0; i < 4; i++) codes.push((await call(running.url)).status);
    expect(codes.at(-1)).toBe(429);
    const refused = await call(running.url);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
  });
});
