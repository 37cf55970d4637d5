import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import type net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { aGet, aPost, repliesTo } from './ask.ts';
import { gateTo, type Gate, type GateOptions } from './harness.ts';
import { statusOf, type Message } from './read-message.ts';

const pem = readFileSync(path.join(import.meta.dirname, '__fixtures__/self-signed.pem'), 'utf8');
const before = tls.getCACertificates('default');
beforeAll(() => tls.setDefaultCACertificates([...before, pem]));
afterAll(() => tls.setDefaultCACertificates(before));

/** Speaks HTTP/2 and HTTP/1.1, or one of them, and says which it spoke. */
function server(protocols: 'both' | 'h2' | 'http/1.1'): net.Server {
  const answer = (request: { httpVersion: string }, response: { end(text: string): void }): void => {
    response.end(request.httpVersion);
  };
  const own =
    protocols === 'http/1.1'
      ? https.createServer({ key: pem, cert: pem }, answer)
      : http2.createSecureServer({ key: pem, cert: pem, allowHTTP1: protocols === 'both' }, answer);
  onTestFinished(() => void own.close());
  return own;
}

async function spoken(gate: Gate, request: string): Promise<Message | undefined> {
  const caller = await gate.call();
  caller.send(request);
  return (await repliesTo(caller, request.slice(0, request.indexOf(' '))))[0];
}

async function gateToServer(protocols: 'both' | 'h2' | 'http/1.1', wish: GateOptions['http2']): Promise<Gate> {
  return gateTo(server(protocols), { tls: true, ...(wish !== undefined && { http2: wish }) });
}

describe('what is spoken to an upstream over TLS', () => {
  it.each([
    ['both', 'auto', '2.0'],
    ['h2', 'auto', '2.0'],
    ['http/1.1', 'auto', '1.1'],
    ['both', 'h2', '2.0'],
    ['both', undefined, '1.1'],
  ] as const)('to one that speaks %s, wished %s: HTTP/%s', async (protocols, wish, version) => {
    const gate = await gateToServer(protocols, wish);
    for (const request of [aGet(), aPost('Content-Length: 4\r\n', 'body'), aGet()]) {
      const reply = await spoken(gate, request);
      expect([statusOf(reply), reply?.body]).toEqual([200, version]);
    }
  });

  it('many at once while nobody knows yet: all are answered', async () => {
    for (const protocols of ['both', 'http/1.1'] as const) {
      const gate = await gateToServer(protocols, 'auto');
      const replies = await Promise.all(Array.from({ length: 20 }, async () => spoken(gate, aGet())));
      expect(new Set(replies.map((reply) => reply?.body))).toEqual(new Set([protocols === 'both' ? '2.0' : '1.1']));
    }
  });

  it('one that does not speak the HTTP/2 that is asked for: 502', async () => {
    const gate = await gateToServer('http/1.1', 'h2');
    expect(statusOf(await spoken(gate, aGet()))).toBe(502);
  });
});
