/** Defects of starting, publishing, leaving and stopping that a review has found, and that are mended. */
import type http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { compile } from './harness.ts';
import { caller, gate, post, rawServer, send, upstream, within } from './review-tools.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

function api(port: number): string {
  return `
apis: { all: { basePath: "", access: open, upstream: "http://127.0.0.1:${port}" } }
`;
}

describe('draining', () => {
  it('what is cut at the deadline is recorded', async () => {
    const { port } = await upstream(() => {});
    const running = await gate(api(port));
    caller(running.port, GET);
    await sleep(300);
    await running.gateway.stop(300);
    expect((await running.records()).map(({ path }) => path)).toEqual(['/']);
  });

  it('a connection whose reply was under way is closed at its end, not at the deadline', async () => {
    let reply: http.ServerResponse | undefined;
    const { port } = await upstream((_request, response) => {
      reply = response;
      response.write('a');
    });
    const running = await gate(api(port));
    const one = caller(running.port, GET);
    await within(2000, () => one.text() !== '');
    const begunMs = performance.now();
    const stopped = running.gateway.stop(3000);
    await sleep(100);
    reply?.end('b');
    await stopped;
    expect(performance.now() - begunMs).toBeLessThan(1500);
  });
});

describe('publishing', () => {
  it('a worker that is being replaced meanwhile comes back with the new snapshot', async () => {
    const { port } = await upstream();
    const config = (key: string): string => `
apis: { all: { basePath: "", access: key, upstream: "http://127.0.0.1:${port}" } }
applications: { a: { keys: [ { name: k, secret: ${key} } ] } }
`;
    const running = await gate(config('old-key'), 2);
    await sleep(1100);
    await running.gateway.killWorker(1);
    const { version } = compile(config('new-key'));
    await running.publish(config('new-key'));
    await sleep(1500);
    // Acknowledged and over: from here nobody may pass with the old key, on no worker.
    expect(running.gateway.status().workers.map((worker) => worker.version === version)).toEqual([true, true]);
  });

  it('no worker starts after the stop', async () => {
    const running = await gate(api(1));
    await running.gateway.killWorker(0);
    await running.gateway.stop(1000);
    await sleep(2000);
    expect(await send(running.port, GET, 500)).toBe('');
  });
});

describe('a caller that leaves', () => {
  it.each(['plain', 'model'])('while a %s stream is silent aborts the upstream', async (kind) => {
    let aborted = false;
    const { port } = await upstream((request, response) => {
      request.resume();
      response.on('close', () => (aborted = true));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\n');
    });
    const running = await gate(`${api(port)}
ai:
  require: open
  providers: { one: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${port}/v1" } }
  models: { m: { targets: [ { provider: one, model: x } ] } }
`);
    const body = JSON.stringify({ model: 'm', messages: [], stream: true });
    const one = caller(running.port, kind === 'plain' ? GET : post('/v1/chat/completions', body));
    await within(2000, () => one.text().includes('data: '));
    one.socket.destroy();
    expect(await within(3000, () => aborted)).toBe(true);
  });

  it('before the 101 it has asked for leaves no tunnel behind', async () => {
    const { port, sockets } = await rawServer((socket) =>
      socket.once('data', () => {
        const reply = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n';
        setTimeout(() => socket.write(reply), 50);
      }),
    );
    const running = await gate(api(port));
    const upgrade = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    const one = caller(running.port, upgrade, { allowHalfOpen: true });
    one.socket.end();
    await within(1000, () => one.text().includes(' 101 '));
    one.socket.destroy();
    await within(2500, () => sockets.size === 0);
    expect(sockets.size).toBe(0);
  });
});
