import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import http2 from 'node:http2';
import net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startGate, startUpstream, type Running } from './harness.ts';

const yaml = (port: number, protocol = 'http1'): string => `
upstreams: { demo: { protocol: ${protocol}, targets: ["http://127.0.0.1:${port}"] } }
apis: { demo: { access: open, upstream: demo, routes: [ { method: "*", path: "/*" } ] } }
`;

async function gateTo(port: number, protocol?: string): Promise<Running> {
  const gate = await startGate(yaml(port, protocol));
  onTestFinished(() => gate.stop());
  return gate;
}

function connect(gate: Running): http2.ClientHttp2Session {
  const client = http2.connect(gate.url);
  client.on('error', () => {});
  onTestFinished(() => client.destroy());
  return client;
}

async function status(stream: http2.ClientHttp2Stream): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  stream.on('response', (headers) => resolve(headers[':status']));
  stream.on('error', reject);
  stream.resume();
  return promise;
}

/** All that comes back for pieces that are sent one by one. */
async function talk(port: number, pieces: readonly (string | Buffer)[]): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  let heard = '';
  socket.on('data', (bytes) => (heard += bytes.toString('latin1')));
  await once(socket, 'connect');
  for (const piece of pieces) {
    socket.write(piece, 'latin1');
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
  await until(() => heard !== '');
  await until(() => socket.destroyed || heard.length >= 9);
  return heard;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 8000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`never came: ${String(condition)}`);
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
const isSettings = (heard: string): boolean => heard.charCodeAt(3) === 4;

describe('HTTP/2 in plain text, by prior knowledge', () => {
  it('is served beside HTTP/1.1 on one port, under the same policies, with a record of each request', async () => {
    const upstream = await startUpstream();
    onTestFinished(() => upstream.close());
    const gate = await gateTo(upstream.port);
    const client = connect(gate);
    expect(await status(client.request({ ':path': '/a?b=1', 'user-agent': 'two' }))).toBe(200);
    expect((await fetch(`${gate.url}/b`)).status).toBe(200);
    expect(upstream.seen.map(({ url, httpVersion }) => [url, httpVersion])).toEqual([
      ['/a?b=1', '1.1'],
      ['/b', '1.1'],
    ]);
    expect(upstream.seen[0]?.headers).toMatchObject({
      'x-forwarded-host': `127.0.0.1:${gate.port}`,
      'x-forwarded-for': '127.0.0.1',
    });
    client.close();
    const records = await gate.records();
    expect(records).toMatchObject([
      { status: 200, method: 'GET', path: '/a', clientIp: '127.0.0.1', userAgent: 'two' },
      { status: 200, method: 'GET', path: '/b' },
    ]);
  });

  it.each([
    ['in one piece', [PREFACE, SETTINGS]],
    ['byte by byte', PREFACE.split('').concat(SETTINGS.toString('latin1'))],
    ['cut in its middle', [PREFACE.slice(0, 18), PREFACE.slice(18), SETTINGS]],
  ])('knows its preface %s', async (_name, pieces) => {
    const gate = await gateTo(1);
    expect(isSettings(await talk(gate.port, pieces))).toBe(true);
  });

  it('knows no preface behind a request of HTTP/1.1', async () => {
    const upstream = await startUpstream();
    onTestFinished(() => upstream.close());
    const gate = await gateTo(upstream.port);
    const heard = await talk(gate.port, [`GET / HTTP/1.1\r\nhost: a\r\n\r\n${PREFACE}`]);
    expect(heard).toMatch(/^HTTP\/1\.1 200 /);
    expect(heard).not.toContain('\0\0');
  });

  it('is never switched to by Upgrade: h2c', async () => {
    const upstream = await startUpstream();
    onTestFinished(() => upstream.close());
    const gate = await gateTo(upstream.port);
    const upgrade = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';
    expect(await talk(gate.port, [`GET / HTTP/1.1\r\nhost: a\r\n${upgrade}\r\n`])).toMatch(/^HTTP\/1\.1 200 /);
    expect(upstream.seen[0]?.headers).not.toHaveProperty('upgrade');
    expect(upstream.seen[0]?.headers).not.toHaveProperty('http2-settings');
  });

  it('drains: what is under way is answered, then the session ends', async () => {
    const held = Promise.withResolvers<() => void>();
    const upstream = await startUpstream((_request, response) => held.resolve(() => response.end('ok')));
    onTestFinished(() => upstream.close());
    const gate = await gateTo(upstream.port);
    const client = connect(gate);
    const answered = status(client.request({ ':path': '/' }));
    const answer = await held.promise;
    const closed = once(client, 'close');
    const stopped = gate.records();
    await once(client, 'goaway');
    answer();
    expect(await answered).toBe(200);
    await closed;
    const [record] = await stopped;
    expect([record?.status, record?.code]).toEqual([200, undefined]);
  });

  it('reaches an upstream of HTTP/2, and a health probe does, too', async () => {
    const server = http2.createServer();
    const asked: unknown[] = [];
    server.on('stream', (stream: http2.ServerHttp2Stream, headers) => {
      asked.push(headers[':path']);
      stream.respond({ ':status': 200 }, { endStream: true });
    });
    const sessions: http2.ServerHttp2Session[] = [];
    server.on('session', (session) => sessions.push(session));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => {
      for (const session of sessions) session.destroy();
      server.close();
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new TypeError('no port');
    const text = yaml(address.port, 'h2c').replace('protocol:', 'health: { path: /readyz, interval: 50ms }, protocol:');
    const gate = await startGate(text);
    onTestFinished(() => gate.stop());
    await until(() => asked.includes('/readyz'));
    expect((await fetch(`${gate.url}/x`)).status).toBe(200);
    expect(asked).toContain('/x');
  });
});

function has(program: string, ...args: readonly string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe' });
  } catch {
    return undefined;
  }
}

const curl = has('curl', '--version')?.includes('HTTP2') === true;
const h2load = has('h2load', '--version') !== undefined;
if (!curl) process.stdout.write('skipped: curl with HTTP/2 (apt-get install curl)\n');
if (!h2load) process.stdout.write('skipped: h2load (apt-get install nghttp2-client)\n');

async function run(program: string, ...args: readonly string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  execFile(program, args, (error, stdout) => (error === null ? resolve(stdout) : reject(error)));
  return promise;
}

describe('other peers', () => {
  it.skipIf(!curl)('curl posts a large body and reads it back', async () => {
    const upstream = await startUpstream((request, response) => void request.pipe(response));
    onTestFinished(() => upstream.close());
    const gate = await gateTo(upstream.port);
    const body = 'x'.repeat(100_000);
    const format = '\n%{http_version} %{http_code}';
    const out = await run('curl', '-s', '--http2-prior-knowledge', '-d', body, '-w', format, `${gate.url}/echo`);
    expect(out).toBe(`${body}\n2 200`);
  });

  it.skipIf(!h2load)('h2load makes thousands of requests in many streams, and all succeed', async () => {
    const upstream = await startUpstream();
    onTestFinished(() => upstream.close());
    const gate = await gateTo(upstream.port);
    const out = await run('h2load', '-n', '3000', '-c', '4', '-m', '32', `${gate.url}/x`);
    expect(out).toContain('3000 succeeded, 0 failed, 0 errored, 0 timeout');
  });
});
