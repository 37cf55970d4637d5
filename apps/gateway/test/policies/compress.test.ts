import { execFile } from 'node:child_process';
import http from 'node:http';
import net from 'node:net';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { shapeGate } from './shape-gate.ts';

const run = promisify(execFile);
const TEXT = JSON.stringify(Array.from({ length: 500 }, (_, index) => ({ index, name: 'Ada Lovelace' })));

function answers(headers: http.OutgoingHttpHeaders, body = TEXT): http.RequestListener {
  return (request, response) => {
    if (request.headers['if-none-match'] !== undefined) response.writeHead(304, { etag: '"1"' }).end();
    else response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body);
  };
}

interface Heard {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  readonly complete: boolean;
}

/** As it comes, undecoded. */
async function get(url: string, headers: http.OutgoingHttpHeaders, onData?: (piece: Buffer) => void): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers, agent: false }, (reply) => {
      const pieces: Buffer[] = [];
      const over = (): void =>
        resolve({
          status: reply.statusCode ?? 0,
          headers: reply.headers,
          body: Buffer.concat(pieces),
          complete: reply.complete,
        });
      reply.on('data', (piece: Buffer) => {
        pieces.push(piece);
        onData?.(piece);
      });
      reply.on('error', () => {});
      reply.on('close', over);
    });
    request.on('error', reject);
  });
}

describe('compress, as real clients see it', () => {
  it.each(['gzip', 'br', 'zstd'])('is decoded by curl and fetch as %s', async (coding) => {
    const { url } = await shapeGate('{ compress: {} }', answers({ 'content-length': TEXT.length }));
    const { stdout } = await run('curl', [
      '-s',
      '--raw',
      '-D',
      '-',
      '-o',
      '/dev/null',
      '-H',
      `accept-encoding: ${coding}`,
      `${url}/v1/x`,
    ]);
    expect(stdout.toLowerCase()).toContain(`content-encoding: ${coding}`);
    const reply = await fetch(`${url}/v1/x`, { headers: { 'accept-encoding': coding } });
    expect([reply.headers.get('content-encoding'), reply.headers.get('content-length')]).toEqual([coding, null]);
    expect(await reply.text()).toBe(TEXT);
  });

  it('is decoded by curl with what it takes by itself', async () => {
    const { url } = await shapeGate('{ compress: {} }', answers({}));
    const { stdout } = await run('curl', ['-s', '--compressed', `${url}/v1/x`]);
    expect(stdout).toBe(TEXT);
  });

  it('confirms what a caller keeps by the tag that it got', async () => {
    const { url } = await shapeGate('{ compress: {} }', answers({ etag: '"1"' }));
    const first = await get(`${url}/v1/x`, { 'accept-encoding': 'gzip' });
    expect(first.headers.etag).toBe('W/"1"');
    const again = await get(`${url}/v1/x`, { 'accept-encoding': 'gzip', 'if-none-match': first.headers.etag });
    expect([again.status, again.headers.etag, again.headers.vary, again.body.length]).toEqual([
      304,
      'W/"1"',
      'accept-encoding',
      0,
    ]);
  });

  it('answers HEAD without a body', async () => {
    const { url } = await shapeGate('{ compress: {} }', answers({}));
    const { stdout } = await run('curl', ['-sI', '-H', 'accept-encoding: gzip', `${url}/v1/x`]);
    expect(stdout).toMatch(/^HTTP\/1\.1 200/);
  });

  it('gives HTTP/1.0 a reply that ends with its connection', async () => {
    const { url } = await shapeGate('{ compress: {} }', answers({ 'content-length': TEXT.length }));
    const { stdout } = await run('curl', ['-s', '--http1.0', '--compressed', `${url}/v1/x`]);
    expect(stdout).toBe(TEXT);
  });

  it('never ends what its upstream broke off', async () => {
    const { url, records } = await shapeGate('{ compress: {} }', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 10_000_000 });
      response.write('x'.repeat(100_000));
      setTimeout(() => response.destroy(), 30);
    });
    const heard = await get(`${url}/v1/x`, { 'accept-encoding': 'gzip' });
    expect(heard.complete).toBe(false);
    expect(() => gunzipSync(heard.body)).toThrow();
    await expect.poll(() => records).toMatchObject([{ code: 'upstream.broken' }]);
  });

  it('gives each event as it comes', async () => {
    let sendMore: (() => void) | undefined;
    const { url } = await shapeGate('{ compress: {} }', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: one\n\n');
      sendMore = () => response.end('data: two\n\n');
    });
    let first = 0;
    const heard = await get(`${url}/v1/x`, { 'accept-encoding': 'gzip' }, () => {
      if (first++ === 0) sendMore?.();
    });
    expect(gunzipSync(heard.body).toString()).toBe('data: one\n\ndata: two\n\n');
  });

  it('holds a fast upstream back when its caller is slow', async () => {
    let sent = 0;
    const noise = Buffer.from(Array.from({ length: 65_536 }, (_, index) => (index * 7919 * (index % 251)) % 256));
    const { port } = await shapeGate('{ compress: { level: 1 } }', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      const more = (): void => {
        while (sent < 400_000_000 && !response.destroyed) {
          sent += noise.length;
          noise.writeUInt32LE(sent, (sent / 65_536) % 60_000);
          if (!response.write(noise)) {
            response.once('drain', more);
            return;
          }
        }
      };
      more();
    });
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.write('GET /v1/x HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\n\r\n');
      socket.pause();
    });
    let before = -1;
    await expect
      .poll(
        () => {
          const stalled = sent > 0 && sent === before;
          before = sent;
          return stalled;
        },
        { interval: 400, timeout: 10_000 },
      )
      .toBe(true);
    expect(sent).toBeLessThan(64_000_000);
    socket.destroy();
  });
});
