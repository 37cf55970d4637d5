import http from 'node:http';
import { describe, expect, it } from 'vitest';
import { clockedGate } from './clocked-gate.ts';
import { gate, upstream } from './review-tools.ts';

const CHAT = '/v1/chat/completions';
const COMPLETION = JSON.stringify({
  object: 'chat.completion',
  model: 'x',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 0, completion_tokens: 100, total_tokens: 100 },
});

async function vendor(): Promise<number> {
  const { port } = await upstream((request, response) => {
    request.resume();
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(COMPLETION);
    });
  });
  return port;
}

const NEW = '{ name: new, secret: key-new, owner: "Zoë <zoe@example.com>" }';
const old = (expires?: string): string =>
  `{ name: old, secret: key-old, owner: Yan${expires === undefined ? '' : `, expires: "${expires}"`} }`;

function config(port: number, keys: string, access = 'models: [ m ]'): string {
  return `
upstreams: { origin: { targets: ["http://127.0.0.1:${port}"] } }
apis:
  plain: { basePath: /plain, access: key, upstream: origin, policies: [ { rate-limit: { limit: 3, window: 1h, by: application } } ] }
ai:
  providers: { one: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${port}/v1" } }
  models:
    m: { targets: [ { provider: one, model: x } ] }
    secret: { targets: [ { provider: one, model: y } ] }
  prices: { one: { x: { input: 0, output: 10 } } }
  access:
    - { application: app, ${access} }
applications:
  app: { team: web, keys: [ ${keys} ] }
  other: { keys: [ { name: ci, secret: key-other } ] }
`;
}

async function call(url: string, key: string): Promise<Response> {
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }], max_tokens: 100 });
  return fetch(url + CHAT, { method: 'POST', body, headers: { authorization: `Bearer ${key}` } });
}

async function get(url: string, key: string): Promise<Response> {
  return fetch(url, { headers: { 'x-api-key': key } });
}

describe('an old and a new key of one application', () => {
  it('are both valid, until the old one expires in the middle of a connection', async () => {
    const port = await vendor();
    const expires = new Date(Date.now() + 20_000).toISOString().replace(/\.\d+Z/, 'Z');
    const { url, advance, records } = await clockedGate(config(port, `${old(expires)}, ${NEW}`));
    for (const key of ['key-old', 'key-new']) expect((await call(url, key)).status).toBe(200);
    advance(21_000);
    expect((await call(url, 'key-new')).status).toBe(200);
    const refused = await call(url, 'key-old');
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="gatehouse"']);
    expect(await refused.json()).toMatchObject({
      error: { code: 'invalid_api_key', message: expect.stringContaining('the key `old` has expired') },
    });
    const plain = await get(`${url}/plain/x`, 'key-old');
    expect(await plain.json()).toMatchObject({ status: 401, code: 'auth.expired' });
    expect(records).toMatchObject([
      { status: 200, application: 'app', credential: 'old', owner: 'Yan', team: 'web' },
      { status: 200, application: 'app', credential: 'new', owner: 'Zoë <zoe@example.com>' },
      { status: 200, credential: 'new' },
      { status: 401, code: 'auth.expired', application: 'app', credential: 'old', owner: 'Yan' },
      { status: 401, code: 'auth.expired', application: 'app', credential: 'old', owner: 'Yan' },
    ]);
  });

  it('count against the same limits', async () => {
    const port = await vendor();
    const running = await gate(
      config(port, `${old()}, ${NEW}`, 'models: [ m ], limits: [ { tokens: 250, window: 1h } ]'),
    );
    const plain = `${running.url}/plain/x`;
    const limited = [];
    for (const key of ['key-old', 'key-new', 'key-old', 'key-new']) limited.push((await get(plain, key)).status);
    expect(limited).toEqual([200, 200, 200, 429]);
    const tokens = [];
    for (const key of ['key-old', 'key-new', 'key-old', 'key-new']) tokens.push((await call(running.url, key)).status);
    expect(tokens).toEqual([200, 200, 200, 429]);
  });

  it('spend the same budget', async () => {
    const port = await vendor();
    const access = 'models: [ m ], budget: { usd: 0.003, per: month }';
    const running = await gate(config(port, `${old()}, ${NEW}`, access));
    const statuses = [];
    for (const key of ['key-old', 'key-new', 'key-old', 'key-new'])
      statuses.push((await call(running.url, key)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  it('change places without losing a call', async () => {
    const port = await vendor();
    const running = await gate(config(port, old()), 2);
    const agent = new http.Agent({ keepAlive: true });
    const statusOf = async (key: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${key}` };
        const request = http.request(running.url + CHAT, { method: 'POST', agent, headers }, (reply) => {
          reply.resume().on('end', () => resolve(reply.statusCode ?? 0));
        });
        request.on('error', reject).end(JSON.stringify({ model: 'm', messages: [] }));
      });
    const statuses: number[] = [];
    const calling = new Set(['key-old']);
    const callWith = async (key: string): Promise<void> => {
      while (calling.has(key)) statuses.push(await statusOf(key));
    };
    const olds = Array.from({ length: 4 }, async () => callWith('key-old'));
    await running.publish(config(port, `${old()}, ${NEW}`));
    calling.add('key-new');
    const news = Array.from({ length: 4 }, async () => callWith('key-new'));
    calling.delete('key-old');
    await Promise.all(olds);
    await running.publish(config(port, `${old('2020-01-01')}, ${NEW}`));
    expect(await statusOf('key-old')).toBe(401);
    calling.delete('key-new');
    await Promise.all(news);
    expect(statuses.length).toBeGreaterThan(8);
    expect(new Set(statuses)).toEqual(new Set([200]));
    agent.destroy();
  });
});

describe('what a key may call', () => {
  it('is what its list of models shows, in every dialect', async () => {
    const port = await vendor();
    const running = await gate(config(port, NEW, 'models: [ m, one/direct ]'));
    const ids = async (path: string, key = 'key-new'): Promise<unknown> => (await get(running.url + path, key)).json();
    expect(await ids('/v1/models')).toMatchObject({ data: [{ id: 'm' }, { id: 'one/direct' }] });
    expect(await ids('/v1beta/models')).toMatchObject({
      models: [{ name: 'models/m' }, { name: 'models/one/direct' }],
    });
    expect(await ids('/api/tags')).toMatchObject({ models: [{ name: 'm' }, { name: 'one/direct' }] });
    expect(await ids('/v1/models', 'key-other')).toMatchObject({ data: [] });
    expect((await get(`${running.url}/v1/models/secret`, 'key-new')).status).toBe(404);
    expect((await get(`${running.url}/v1/models`, 'key-nobody')).status).toBe(401);
  });
});
