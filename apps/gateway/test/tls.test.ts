import { createHash } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { TestAuthority } from '@gatehouse/kernel/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { clockedGate } from './clocked-gate.ts';
import { startUpstream, type Upstream } from './harness.ts';
import {
  callHttp2,
  callTls,
  certificates,
  commonName,
  http2To,
  pairOf,
  secureSocket,
  sessionOf,
} from './tls-callers.ts';

const THREE = `certificates: [ { ${pairOf(certificates.a)} }, { ${pairOf(certificates.wild)} }, { ${pairOf(certificates.fallback)}, default: true } ]`;

async function upstream(): Promise<Upstream> {
  const started = await startUpstream();
  onTestFinished(() => started.close());
  return started;
}

const config = ({ port }: Upstream, settings = THREE, path = '/*'): string => `
gateway: { tls: { ${settings} } }
apis: { a: { access: open, upstream: "http://127.0.0.1:${port}", routes: [ { path: "${path}" } ] } }
`;

describe('the certificate that callers are shown', () => {
  it.each([
    ['a.test', 'a'],
    ['A.Test', 'a'],
    ['x.wild.test', 'wild'],
    ['y.x.wild.test', 'fallback'],
    ['wild.test', 'fallback'],
    ['fallback.test', 'fallback'],
    ['unknown.test', 'fallback'],
    ['', 'fallback'],
  ])('for %j is the one of %s', async (servername, shown) => {
    const gate = await clockedGate(config(await upstream()));
    expect(await callTls(gate.tlsPort, { servername })).toMatchObject({ status: 200, body: 'ok', shown });
  });

  it('is the first where none is for everybody', async () => {
    const settings = `certificates: [ { ${pairOf(certificates.wild)} }, { ${pairOf(certificates.a)} } ]`;
    const gate = await clockedGate(config(await upstream(), settings));
    expect((await callTls(gate.tlsPort, { servername: 'unknown.test' })).shown).toBe('wild');
  });
});

describe('TLS', () => {
  it('is spoken from 1.2 on', async () => {
    const gate = await clockedGate(config(await upstream()));
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      expect((await callTls(gate.tlsPort, { minVersion: version, maxVersion: version })).status).toBe(200);
    }
    // Clients do not even begin below 1.2 unless their own guard is let down.
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(callTls(gate.tlsPort, old)).rejects.toThrow(/alert protocol version|unsupported protocol/);
    expect(gate.records).toHaveLength(2);
  });

  it('is spoken in 1.3 alone when that is asked', async () => {
    const gate = await clockedGate(config(await upstream(), `${THREE}, minVersion: "1.3"`));
    expect((await callTls(gate.tlsPort)).status).toBe(200);
    await expect(callTls(gate.tlsPort, { maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version/);
  });

  it('agrees on HTTP/2 or HTTP/1.1 as the caller prefers', async () => {
    const gate = await clockedGate(config(await upstream()));
    const chosen = async (ALPNProtocols: string[] | undefined): Promise<string | false | null> => {
      const socket = await secureSocket(gate.tlsPort, ALPNProtocols && { ALPNProtocols });
      return socket.alpnProtocol;
    };
    expect(await chosen(['h2', 'http/1.1'])).toBe('h2');
    expect(await chosen(['http/1.1'])).toBe('http/1.1');
    expect(await chosen(undefined)).toBe(false);
    await expect(chosen(['spdy/3'])).rejects.toThrow(/no application protocol/);
    const session = http2To(gate.tlsPort);
    expect(await callHttp2(session)).toMatchObject({ status: 200, body: 'ok' });
    expect(gate.records).toHaveLength(1);
  });

  it('is told to upstreams', async () => {
    const service = await upstream();
    const gate = await clockedGate(config(service));
    await callTls(gate.tlsPort, { headers: { 'x-forwarded-proto': 'http', 'x-forwarded-for': '9.9.9.9' } });
    await callHttp2(http2To(gate.tlsPort));
    await fetch(gate.url, { headers: { 'x-forwarded-proto': 'https' } });
    expect(service.seen.map(({ headers }) => headers['x-forwarded-proto'])).toEqual(['https', 'https', 'http']);
    expect(service.seen[0]?.headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      forwarded: 'for=127.0.0.1;host="a.test";proto=https',
    });
  });

  it('carries several calls, large bodies and calls that are pipelined', async () => {
    const size = 3_000_000;
    const service = await startUpstream((request, response) => {
      const hash = createHash('sha256');
      request.on('data', (bytes: Buffer) => hash.update(bytes)).on('end', () => response.end(hash.digest('hex')));
    });
    onTestFinished(() => service.close());
    const gate = await clockedGate(config(service));
    const socket = await secureSocket(gate.tlsPort);
    let heard = '';
    socket.setEncoding('latin1').on('data', (text: string) => (heard += text));
    const body = Buffer.alloc(size, 'abcdefg');
    const post = `POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: ${size}\r\n\r\n`;
    for (let i = 0; i < 3; i++) socket.write(Buffer.concat([Buffer.from(post), body]));
    const digest = createHash('sha256').update(body).digest('hex');
    await vi.waitFor(() => expect(heard.split(digest)).toHaveLength(4), 10_000);
  });
});

describe('other certificates', () => {
  const before = new TestAuthority('before');
  const after = new TestAuthority('after');
  const one = before.issue({ names: ['a.test'], subject: 'one' });
  const two = after.issue({ names: ['a.test'], subject: 'two' });
  const both = [before.pem, after.pem];

  it('are shown from then on, while calls go on and none fails', async () => {
    const service = await upstream();
    const gate = await clockedGate(config(service, `certificates: [ { ${pairOf(one)} } ]`));
    const old = await secureSocket(gate.tlsPort, { ca: both });
    const session = http2To(gate.tlsPort, { ca: both });
    let heard = '';
    old.setEncoding('latin1').on('data', (text: string) => (heard += text));
    const askOld = async (times: number): Promise<void> => {
      old.write('GET / HTTP/1.1\r\nhost: a.test\r\n\r\n');
      await vi.waitFor(() => expect(heard.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(times));
    };
    await askOld(1);
    const shown: string[] = [];
    const statuses: number[] = [];
    const calling = async (): Promise<void> => {
      for (let i = 0; i < 12; i++) {
        const answer = await callTls(gate.tlsPort, { ca: both });
        shown.push(answer.shown);
        statuses.push(answer.status, (await callHttp2(session)).status);
      }
    };
    const calls = Promise.all([calling(), calling()]);
    await vi.waitFor(() => expect(shown.length).toBeGreaterThan(3));
    gate.publish(config(service, `certificates: [ { ${pairOf(two)} } ]`));
    expect((await callTls(gate.tlsPort, { ca: both })).shown).toBe('two');
    await calls;
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(new Set(shown)).toEqual(new Set(['one', 'two']));
    expect(shown.slice(shown.lastIndexOf('one') + 1)).not.toContain('one');
    await askOld(2);
    expect(commonName(old)).toBe('one');
  });

  it('end sessions that were made with the ones before', async () => {
    const service = await upstream();
    const gate = await clockedGate(config(service, `certificates: [ { ${pairOf(one)} } ]`));
    const session = await sessionOf(gate.tlsPort, { ca: both });
    expect((await callTls(gate.tlsPort, { ca: both, session })).resumed).toBe(true);
    gate.publish(config(service, `certificates: [ { ${pairOf(two)} } ]`));
    expect(await callTls(gate.tlsPort, { ca: both, session })).toMatchObject({ resumed: false, shown: 'two' });
  });

  it('let nobody in any more when there are none', async () => {
    const service = await upstream();
    const gate = await clockedGate(config(service));
    gate.publish(config(service).replace(/^gateway: .*$/m, ''));
    await expect(callTls(gate.tlsPort)).rejects.toThrow(/disconnected|reset|hang up/);
    gate.publish(config(service));
    expect((await callTls(gate.tlsPort)).status).toBe(200);
  });
});

describe('callers who do not speak TLS as they should', () => {
  async function sent(port: number, bytes: Buffer | string): Promise<net.Socket> {
    const socket = net.connect({ port, host: '127.0.0.1' });
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(bytes);
    return socket;
  }

  it.each([
    ['HTTP', 'GET / HTTP/1.1\r\nhost: a.test\r\n\r\n'],
    ['garbage', Buffer.alloc(5000, 0xa5)],
    ['a record of TLS with garbage in it', Buffer.from([22, 3, 1, 0, 5, 1, 0, 0, 1, 99, 1, 2, 3])],
    ['a record of no length that is', Buffer.from([22, 3, 3, 0xff, 0xff, 1, 2, 3, 4])],
  ])('but %s are cut off, without a record', async (_, bytes) => {
    const gate = await clockedGate(config(await upstream()));
    const socket = await sent(gate.tlsPort, bytes);
    socket.resume();
    if (!socket.destroyed) await once(socket, 'close');
    expect((await callTls(gate.tlsPort)).status).toBe(200);
    expect(gate.records).toHaveLength(1);
    expect(gate.logged).toEqual([]);
  });

  it('but leave in the middle cost nothing', async () => {
    const gate = await clockedGate(config(await upstream()));
    const hello = await helloOf();
    for (const length of [0, 1, 5, 50, hello.length - 1, hello.length]) {
      const socket = await sent(gate.tlsPort, hello.subarray(0, length));
      socket.resetAndDestroy();
    }
    expect((await callTls(gate.tlsPort)).status).toBe(200);
    expect(gate.listener.stats().connections).toBeLessThanOrEqual(1);
    expect(gate.records).toHaveLength(1);
  });

  it('but break a byte of the handshake are cut off', async () => {
    const gate = await clockedGate(config(await upstream()));
    const hello = await helloOf();
    for (let at = 0; at < hello.length; at += 17) {
      const broken = Buffer.from(hello);
      broken[at] = (broken[at] ?? 0) ^ 0xff;
      const socket = await sent(gate.tlsPort, broken);
      socket.end();
    }
    expect((await callTls(gate.tlsPort)).status).toBe(200);
    expect(gate.records).toHaveLength(1);
  });
});

/** The first that a client of TLS sends. */
async function helloOf(): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const server = net.createServer((socket) => {
    socket.once('data', (bytes) => {
      resolve(Buffer.from(bytes));
      socket.destroy();
    });
    socket.on('error', () => {});
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const client = tls.connect({ port, host: '127.0.0.1', servername: 'a.test' });
  client.on('error', () => {});
  const hello = await promise;
  client.destroy();
  server.close();
  return hello;
}

describe('a gate that ends', () => {
  it('takes no more callers by TLS, and answers those who are there', async () => {
    const held = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const service = await startUpstream((_request, response) => {
      asked.resolve();
      void held.promise.then(() => response.end('at last'));
    });
    onTestFinished(() => service.close());
    const gate = await clockedGate(config(service));
    const idle = await secureSocket(gate.tlsPort);
    idle.resume();
    const slow = callTls(gate.tlsPort);
    await asked.promise;
    const drained = gate.listener.drain(20_000);
    await once(idle, 'close');
    await expect(callTls(gate.tlsPort)).rejects.toThrow('ECONNREFUSED');
    held.resolve();
    expect(await slow).toMatchObject({ status: 200, body: 'at last' });
    await drained;
  });
});

describe('callers without TLS', () => {
  const redirected = async (settings: string, path: string, init: RequestInit = {}): Promise<string[]> => {
    const gate = await clockedGate(config(await upstream(), `${THREE}, ${settings}`, '/here'));
    const { port } = new URL(gate.url);
    const reply = await fetch(`${gate.url}${path}`, { redirect: 'manual', ...init });
    expect(gate.records).toMatchObject([{ status: reply.status }]);
    return [
      String(reply.status),
      (reply.headers.get('location') ?? '').replace(String(gate.tlsPort), 'TLS').replace(port, 'PLAIN'),
    ];
  };

  it('are sent to the same address with it', async () => {
    expect(await redirected('redirect: true', '/here?a=b&c')).toEqual(['308', 'https://127.0.0.1:TLS/here?a=b&c']);
    expect(await redirected('redirect: true', '/not/there')).toEqual(['308', 'https://127.0.0.1:TLS/not/there']);
    expect(await redirected('redirect: true', '/here', { method: 'POST', body: 'x'.repeat(100_000) })).toEqual([
      '308',
      'https://127.0.0.1:TLS/here',
    ]);
  });

  it('are sent to the port that the operator says', async () => {
    expect(await redirected('redirect: 443', '/here')).toEqual(['308', 'https://127.0.0.1/here']);
    expect(await redirected('redirect: 9443', '/here')).toEqual(['308', 'https://127.0.0.1:9443/here']);
  });

  it('are served where they are not to be sent on', async () => {
    expect(await redirected('redirect: false', '/here')).toEqual(['200', '']);
  });

  it('are told so where it is not clear where they would go', async () => {
    const gate = await clockedGate(config(await upstream(), `${THREE}, redirect: true`));
    const socket = net.connect({ port: gate.port, host: '127.0.0.1' });
    let heard = '';
    socket.setEncoding('latin1').on('data', (text: string) => (heard += text));
    socket.write('GET / HTTP/1.0\r\n\r\n');
    await once(socket, 'close');
    expect(heard).toMatch(/^HTTP\/1\.1 421 [\s\S]*request\.misdirected/);
  });

  it('cannot make a redirect lead elsewhere than the host that they name', async () => {
    const gate = await clockedGate(config(await upstream(), `${THREE}, redirect: 443`));
    const ask = async (target: string, host: string): Promise<string> => {
      const socket = net.connect({ port: gate.port, host: '127.0.0.1' });
      let heard = '';
      socket.setEncoding('latin1').on('data', (text: string) => (heard += text));
      socket.write(`GET ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
      await once(socket, 'close');
      return /location: (.*)\r\n/.exec(heard)?.[1] ?? heard.slice(0, 12);
    };
    expect(await ask('/x', 'a.test:8080')).toBe('https://a.test/x');
    expect(await ask('//evil.test/x', 'a.test')).toBe('https://a.test//evil.test/x');
    expect(await ask('/x', 'a.test@evil.test')).toBe('HTTP/1.1 400');
    expect(await ask('/x\\@evil', 'a.test')).not.toContain('\\');
    expect(await ask('/x', '[::1]:80')).toBe('https://[::1]/x');
  });

  it('count as with it where a trusted proxy says so', async () => {
    const text = config(await upstream(), `${THREE}, redirect: true`).replace(
      'gateway: {',
      'gateway: { trustedProxies: [ 127.0.0.1 ],',
    );
    const gate = await clockedGate(text);
    const ask = async (proto: string): Promise<number> => {
      const headers = { 'x-forwarded-for': '9.9.9.9', 'x-forwarded-proto': proto };
      return (await fetch(gate.url, { redirect: 'manual', headers })).status;
    };
    expect([await ask('https'), await ask('http')]).toEqual([200, 308]);
  });
});
