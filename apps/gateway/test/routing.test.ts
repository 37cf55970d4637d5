import http from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gate } from './review-tools.ts';

const CHAT = '/v1/chat/completions';

function reply(model: string): string {
  return JSON.stringify({
    object: 'chat.completion',
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: model }, finish_reason: 'stop' }],
  });
}

interface Vendor {
  readonly port: number;
  /** The keys that came, in order. */
  readonly keys: string[];
}

/** Answers as `deal` says, by the key that came. */
async function vendor(deal: (key: string, response: http.ServerResponse) => void): Promise<Vendor> {
  const keys: string[] = [];
  const server = http.createServer((request, response) => {
    const key = (request.headers.authorization ?? '').replace('Bearer ', '');
    keys.push(key);
    request.resume();
    request.on('end', () => deal(key, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return { port: address.port, keys };
}

async function ask(url: string, options: object = {}, headers: Record<string, string> = {}): Promise<Response> {
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...options });
  return fetch(url + CHAT, { method: 'POST', body, headers });
}

const provider = (name: string, port: number, rest = ''): string =>
  `    ${name}: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${port}/v1"${rest} }\n`;

describe('keys of a provider', () => {
  it('step in for one that was revoked, which then rests', async () => {
    const { port, keys } = await vendor((key, response) => {
      response.writeHead(key === 'dead' ? 401 : 200, { 'content-type': 'application/json' });
      response.end(key === 'dead' ? '{"error":{"message":"no","code":"invalid_api_key"}}' : reply('x'));
    });
    const pool = 'apiKeys: [ { name: a, key: dead, weight: 1000 }, { name: b, key: good } ]';
    const running = await gate(`
ai:
  require: open
  providers:
${provider('one', port, `, ${pool}`)}
  models: { m: { targets: [ { provider: one, model: x } ] } }
`);
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push((await ask(running.url)).status);
    expect(statuses).toEqual([200, 200, 200, 200]);
    expect(keys).toEqual(['dead', 'good', 'good', 'good', 'good']);
  });
});

describe('a target that is overloaded', () => {
  it('is asked once more after a pause where there is no other, and out of a budget', async () => {
    let calls = 0;
    const { port } = await vendor((_key, response) => {
      response.writeHead(calls++ % 2 === 0 ? 503 : 200, { 'content-type': 'application/json' });
      response.end(reply('x'));
    });
    const running = await gate(`
ai:
  require: open
  providers:
${provider('one', port)}
  models: { m: { targets: [ { provider: one, model: x } ] } }
`);
    expect((await ask(running.url)).status).toBe(200);
    expect(calls).toBe(2);
    const [record] = await running.records();
    expect(record?.aiAttempts).toBe(2);
  });
});

describe('hedging', () => {
  it('asks a second target when the first shows no token in time, and the faster one answers', async () => {
    let left = false;
    const slow = await vendor((_key, response) => {
      response.on('close', () => (left = true));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': wait\n\n');
    });
    const fast = await vendor((_key, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(
        'data: {"model":"y","choices":[{"index":0,"delta":{"content":"quick"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
      );
    });
    const running = await gate(`
ai:
  require: open
  providers:
${provider('one', slow.port)}${provider('two', fast.port)}
  models:
    m: { hedge: { after: 200ms }, balance: priority, targets: [ { provider: one, model: x }, { provider: two, model: y } ] }
`);
    const answer = await ask(running.url, { stream: true });
    expect(await answer.text()).toContain('quick');
    expect(answer.headers.get('x-gatehouse-model')).toBe('two/y');
    expect(left).toBe(true);
    expect(await running.records()).toMatchObject([{ aiAttempts: 2, aiProvider: 'two', status: 200 }]);
  });
});

describe('affinity', () => {
  it('sends calls of one session to the same target', async () => {
    const vendors = await Promise.all(
      ['a', 'b', 'c'].map(async () => vendor((_key, response) => response.end(reply('x')))),
    );
    const running = await gate(`
ai:
  require: open
  providers:
${vendors.map(({ port }, i) => provider(`p${i}`, port)).join('')}
  models:
    m: { affinity: session, targets: [ { provider: p0, model: x }, { provider: p1, model: x }, { provider: p2, model: x } ] }
`);
    const served: string[] = [];
    for (let i = 0; i < 6; i++) {
      const answer = await ask(running.url, {}, { 'x-session-id': 'one' });
      served.push(answer.headers.get('x-gatehouse-model') ?? '');
    }
    expect(new Set(served).size).toBe(1);
    const others = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const answer = await ask(running.url, {}, { 'x-session-id': `s${i}` });
      others.add(answer.headers.get('x-gatehouse-model') ?? '');
    }
    expect(others.size).toBe(3);
  });
});
