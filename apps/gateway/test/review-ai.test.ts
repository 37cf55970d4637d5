/** Defects of the AI gateway that a review has found, and that are mended. */
import http from 'node:http';
import zlib from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { caller, gate, post, rawServer, send, upstream, within } from './review-tools.ts';

const REPLY = JSON.stringify({
  object: 'chat.completion',
  model: 'x',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
});
const TOKEN = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'hi' } }] })}\n\n`;
const CHAT = '/v1/chat/completions';
const CLOSE = 'Connection: close\r\n';

function config(port: number, rest = ''): string {
  return `
ai:
  require: open
  providers: { one: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${port}/v1" } }
  models: { m: { targets: [ { provider: one, model: x } ] } }
${rest}`;
}

function ask(options: object = {}): string {
  return JSON.stringify({ model: 'm', messages: [], ...options });
}

/** Answers every request once its body is there. */
async function provider(answer: (response: http.ServerResponse) => void) {
  return upstream((request, response) => {
    request.resume();
    request.on('end', () => answer(response));
  });
}

describe('no request and no reply may kill a worker', () => {
  it('GET /v1/models/%FF', async () => {
    const { port } = await provider((response) => response.end(REPLY));
    const running = await gate(config(port));
    const reply = await send(running.port, `GET /v1/models/%FF HTTP/1.1\r\nHost: a\r\n${CLOSE}\r\n`);
    await sleep(300);
    expect([reply.slice(9, 12), running.gateway.status().restarts]).toEqual(['404', 0]);
  });

  it('a stream event of more than 16 MB', async () => {
    const { port } = await provider((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(TOKEN);
      response.write(`data: ${'a'.repeat(17 * 1024 * 1024)}`);
    });
    const running = await gate(config(port));
    await send(running.port, post(CHAT, ask({ stream: true }), CLOSE));
    await within(1500, () => running.gateway.status().restarts > 0);
    expect(running.gateway.status().restarts).toBe(0);
  });
});

describe('what the caller is told', () => {
  it('a model name cannot split the head of the reply', async () => {
    const { port } = await provider((response) => response.end(REPLY));
    const running = await gate(config(port));
    // U+010D and U+010A are no control characters, but their low bytes are CR and LF.
    const model = 'one/x\u010D\u010ASet-Cookie: session=evil';
    const reply = await send(running.port, post(CHAT, ask({ model }), CLOSE));
    expect(reply).not.toMatch(/^set-cookie:/im);
  });

  it('a reply that came compressed although identity was asked for is never shown as plain JSON', async () => {
    const { port } = await provider((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(zlib.gzipSync(REPLY));
    });
    const running = await gate(config(port));
    const reply = await fetch(`${running.url}${CHAT}`, { method: 'POST', body: ask() });
    const text = await reply.text();
    expect(reply.status === 502 || text === REPLY).toBe(true);
  });

  it('a 204 has no body framing, which would answer the next request of a kept connection', async () => {
    const { port } = await provider((response) => response.writeHead(204).end());
    const running = await gate(config(port));
    const one = caller(running.port, post(CHAT, ask()));
    await within(1000, () => one.text().includes('\r\n\r\n'));
    expect(one.text()).not.toMatch(/^HTTP\/1.1 204[^]*transfer-encoding/i);
  });

  it.each([
    ['a page', { 'content-type': 'text/html' }, '<html>log in</html>'],
    ['nothing', { 'content-type': 'application/json' }, ''],
    ['half of it', { 'content-type': 'application/json' }, REPLY.slice(0, 40)],
  ])('a success that is no chat completion (%s) fails over', async (_name, headers, body) => {
    const bad = await provider((response) => response.writeHead(200, headers).end(body));
    const good = await provider((response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(REPLY),
    );
    const running = await gate(`
ai:
  require: open
  providers:
    bad: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${bad.port}/v1" }
    good: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${good.port}/v1" }
  models: { m: { targets: [ { provider: bad, model: x } ], fallback: [ { provider: good, model: x } ] } }
`);
    const reply = await fetch(`${running.url}${CHAT}`, { method: 'POST', body: ask() });
    expect([reply.headers.get('x-gatehouse-model'), await reply.text()]).toEqual(['good/x', REPLY]);
  });

  it('a plain call is not answered with a stream', async () => {
    const { port } = await provider((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`${TOKEN}data: [DONE]\n\n`);
    });
    const running = await gate(config(port));
    const reply = await fetch(`${running.url}${CHAT}`, { method: 'POST', body: ask() });
    await reply.text();
    expect(`${reply.status} ${reply.headers.get('content-type')}`).not.toBe('200 text/event-stream');
  });

  it('a streamed call is not answered with plain JSON, which SDKs read as an empty stream', async () => {
    const { port } = await provider((response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(REPLY);
    });
    const running = await gate(config(port));
    const reply = await fetch(`${running.url}${CHAT}`, { method: 'POST', body: ask({ stream: true }) });
    await reply.text();
    expect(`${reply.status} ${reply.headers.get('content-type')}`).not.toBe('200 application/json');
  });

  it('keep-alive comments before the first token reach the caller in a few seconds', async () => {
    const { port } = await provider((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const timer = setInterval(() => response.write(': PROCESSING\n\n'), 50);
      response.on('close', () => clearInterval(timer));
    });
    const running = await gate(config(port));
    const one = caller(running.port, post(CHAT, ask({ stream: true })));
    expect(await within(6000, () => one.text() !== '')).toBe(true);
  });

  it('an HTTP/1.0 caller sees that a reply was cut', async () => {
    const { port } = await rawServer((socket) =>
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 4000000\r\n\r\n{"id":"${'q'.repeat(2_500_000)}`);
        setTimeout(() => socket.destroy(), 100);
      }),
    );
    const running = await gate(config(port));
    const one = caller(running.port, post(CHAT, ask()).replace('HTTP/1.1', 'HTTP/1.0'));
    await within(3000, () => one.socket.closed);
    // The end of the connection is the end of the message in HTTP/1.0: only a reset says that there was more.
    expect([one.text().length > 1_000_000, one.error()]).toEqual([true, 'Error: read ECONNRESET']);
  });
});

describe('resources', () => {
  it('a provider that answers 101 leaves no connection behind', async () => {
    const { port, sockets } = await rawServer((socket) =>
      socket.on('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
      ),
    );
    const running = await gate(config(port));
    for (let i = 0; i < 3; i++) await fetch(`${running.url}${CHAT}`, { method: 'POST', body: ask() });
    await within(1000, () => sockets.size === 0);
    expect(sockets.size).toBe(0);
  });
});

describe('policies of the AI paths', () => {
  it('headers are applied, or refused in the configuration', async () => {
    const provided = await provider((response) => response.end(REPLY));
    const policies =
      '  policies: [ { headers: { request: { set: { x-up: "1" } }, response: { set: { x-down: "1" } } } } ]';
    const running = await gate(config(provided.port, policies));
    const reply = await fetch(`${running.url}${CHAT}`, { method: 'POST', body: ask() });
    expect([provided.seen[0]?.headers['x-up'], reply.headers.get('x-down')]).toEqual(['1', '1']);
  });
});

describe('where a key may stand on AI paths', () => {
  const keyed = `
ai:
  providers: { one: { kind: openai-compatible, baseUrl: "http://127.0.0.1:1/v1" } }
applications:
  mobile: { keys: [ { name: ci, secret: key-1 } ] }
`;

  it.each([
    ['api-key', '/v1/models', { 'api-key': 'key-1' }],
    ['x-goog-api-key', '/v1/models', { 'x-goog-api-key': 'key-1' }],
    ['?key=', '/v1/models?key=key-1', {}],
  ])('%s', async (_name, path, headers) => {
    const running = await gate(keyed);
    const reply = await fetch(running.url + path, { headers: { ...headers } });
    expect(reply.status).toBe(200);
  });
});

describe('refusals on AI paths', () => {
  it('of another method have the shape of OpenAI', async () => {
    const { port } = await provider((response) => response.end(REPLY));
    const running = await gate(config(port));
    const reply = await fetch(`${running.url}${CHAT}`);
    const body: unknown = await reply.json();
    expect([reply.status, reply.headers.get('allow'), body]).toMatchObject([
      405,
      'POST',
      { error: { type: 'invalid_request_error', code: 'route.method_not_allowed' } },
    ]);
  });
});

describe('a kept connection', () => {
  it('that the provider has closed meanwhile costs nobody an answer', async () => {
    const { port } = await rawServer((socket) => {
      let requests = 0;
      socket.on('data', () => {
        if (++requests > 1) socket.destroy();
        else socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${REPLY.length}\r\n\r\n${REPLY}`);
      });
    });
    const running = await gate(config(port));
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) {
      statuses.push((await fetch(`${running.url}${CHAT}`, { method: 'POST', body: ask() })).status);
    }
    expect(statuses).toEqual([200, 200, 200]);
  });
});
