import http from 'node:http';
import { describe, expect, it } from 'vitest';
import { gateTo } from './harness.ts';
import { until } from './peer.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const upstream = () => http.createServer((_request, response) => response.end('fine'));

function fail(): never {
  throw new Error('a defect');
}

describe('a defect that a request meets', () => {
  it('is answered with 500, and the connection with what was sent behind it is given up', async () => {
    let asked = 0;
    const gate = await gateTo(upstream(), {
      mayFail: true,
      ready: ({ forward }) => (asked++ === 0 ? fail() : forward.begin()),
    });
    const peer = await gate.call();
    peer.send(`${GET}${GET}`);
    await until(() => peer.finished, 'the end of the connection');
    expect(peer.received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 500']);
    expect(gate.outcomes).toMatchObject([{ status: 500, code: 'gateway.internal' }]);
  });

  it('leaves other connections alone', async () => {
    const gate = await gateTo(upstream(), {
      mayFail: true,
      ready: ({ forward, target }) => (target === '/bad' ? fail() : forward.begin()),
    });
    const url = `http://127.0.0.1:${gate.port}`;
    const replies = await Promise.all(['/', '/bad', '/'].map(async (path) => fetch(`${url}${path}`)));
    expect(replies.map(({ status }) => status)).toEqual([200, 500, 200]);
  });

  it('in the reply is answered with 500 too', async () => {
    const gate = await gateTo(upstream(), { mayFail: true, onReplyHead: fail });
    expect((await fetch(`http://127.0.0.1:${gate.port}/`)).status).toBe(500);
    expect(gate.exchanges[0]?.legResults).toMatchObject([{ kind: 'cancelled' }]);
  });
});
