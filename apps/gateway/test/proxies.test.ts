import { once } from 'node:events';
import http2 from 'node:http2';
import net from 'node:net';
import tls from 'node:tls';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { clockedGate, type ClockedGate } from './clocked-gate.ts';
import { startUpstream, type Upstream } from './harness.ts';
import { authority, callHttp2, certificates, pairOf } from './tls-callers.ts';

async function upstream(): Promise<Upstream> {
  const started = await startUpstream();
  onTestFinished(() => started.close());
  return started;
}

interface Setting {
  readonly gate: ClockedGate;
  readonly service: Upstream;
}

async function setting(gateway: string): Promise<Setting> {
  const service = await upstream();
  const gate = await clockedGate(`
gateway: { ${gateway}, tls: { certificates: [ { ${pairOf(certificates.a)} } ] } }
apis: { a: { access: open, upstream: "http://127.0.0.1:${service.port}" } }
`);
  return { gate, service };
}

/** A header of version 2. */
function version2(from: string, { command = 0x21, family = 0x11, extra = Buffer.alloc(0) } = {}): Buffer {
  const addresses = Buffer.alloc(12);
  from.split('.').forEach((part, index) => (addresses[index] = Number(part)));
  const body = Buffer.concat([family === 0 ? Buffer.alloc(0) : addresses, extra]);
  const head = Buffer.from([...Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'), command, family, 0, body.length]);
  return Buffer.concat([head, body]);
}

const version1 = (from: string): Buffer => Buffer.from(`PROXY TCP4 ${from} 10.0.0.1 4711 80\r\n`);
const HEADERS = { 'version 1': version1('9.9.9.9'), 'version 2': version2('9.9.9.9') };
const TRUSTED = 'trustedProxies: [ 127.0.0.1 ]';

async function connected(port: number, first: Buffer | string = ''): Promise<net.Socket> {
  const socket = net.connect({ port, host: '127.0.0.1' });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  if (first.length > 0) socket.write(first);
  return socket;
}

const GET = 'GET / HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\n\r\n';

/** All that comes back until the end. */
async function heard(socket: net.Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
  if (!socket.closed) await once(socket, 'close');
  return text;
}

const addressesAt = ({ seen }: Upstream): unknown[] => seen.map(({ headers }) => headers['x-forwarded-for']);

describe.each(Object.entries(HEADERS))('a connection that begins with a PROXY header of %s', (_, header) => {
  const modes = ['optional', 'required'];

  it.each(modes)('is from whom the header says (%s)', async (mode) => {
    const { gate, service } = await setting(`${TRUSTED}, proxyProtocol: ${mode}`);
    expect(await heard(await connected(gate.port, Buffer.concat([header, Buffer.from(GET)])))).toMatch(
      /^HTTP\/1\.1 200/,
    );
    expect(service.seen[0]?.headers).toMatchObject({
      'x-forwarded-for': '9.9.9.9',
      forwarded: 'for=9.9.9.9;host="a.test";proto=http',
    });
    expect(gate.records).toMatchObject([{ clientIp: '9.9.9.9' }]);
  });

  it('is so however it is cut', async () => {
    const { gate, service } = await setting(`${TRUSTED}, proxyProtocol: required`);
    const all = Buffer.concat([header, Buffer.from(GET)]);
    for (let at = 1; at < header.length + 4; at += 3) {
      const socket = await connected(gate.port, all.subarray(0, at));
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      socket.write(all.subarray(at));
      expect(await heard(socket)).toMatch(/^HTTP\/1\.1 200/);
    }
    expect(new Set(addressesAt(service))).toEqual(new Set(['9.9.9.9']));
  });

  it('keeps its address over several requests', async () => {
    const { gate, service } = await setting(`${TRUSTED}, proxyProtocol: required`);
    const one = GET.replace('connection: close\r\n', '');
    const socket = await connected(gate.port, Buffer.concat([header, Buffer.from(one + one + GET)]));
    expect((await heard(socket)).match(/HTTP\/1\.1 200/g)).toHaveLength(3);
    expect(addressesAt(service)).toEqual(['9.9.9.9', '9.9.9.9', '9.9.9.9']);
  });

  it('may go on in TLS', async () => {
    const { gate, service } = await setting(`${TRUSTED}, proxyProtocol: required`);
    const socket = tls.connect({
      socket: await connected(gate.tlsPort, header),
      ca: authority.pem,
      servername: 'a.test',
    });
    socket.write(GET);
    expect(await heard(socket)).toMatch(/^HTTP\/1\.1 200/);
    expect(service.seen[0]?.headers).toMatchObject({ 'x-forwarded-for': '9.9.9.9', 'x-forwarded-proto': 'https' });
  });

  it.each(['h2', 'h2c'])('may go on in HTTP/2 (%s)', async (kind) => {
    const { gate, service } = await setting(`${TRUSTED}, proxyProtocol: required`);
    const plain = await connected(kind === 'h2' ? gate.tlsPort : gate.port, header);
    const socket =
      kind === 'h2'
        ? tls.connect({ socket: plain, ca: authority.pem, servername: 'a.test', ALPNProtocols: ['h2'] })
        : plain;
    if (kind === 'h2') await once(socket, 'secureConnect');
    const session = http2.connect(`${kind === 'h2' ? 'https' : 'http'}://a.test`, { createConnection: () => socket });
    session.on('error', () => {});
    onTestFinished(() => session.destroy());
    expect((await callHttp2(session)).status).toBe(200);
    expect((await callHttp2(session)).status).toBe(200);
    expect(addressesAt(service)).toEqual(['9.9.9.9', '9.9.9.9']);
  });

  it('is no HTTP where nobody has spoken of proxies', async () => {
    const { gate, service } = await setting(TRUSTED);
    expect(await heard(await connected(gate.port, Buffer.concat([header, Buffer.from(GET)])))).toMatch(
      /^HTTP\/1\.1 400/,
    );
    expect(service.seen).toEqual([]);
  });

  it('is believed of nobody who is not trusted', async () => {
    const optional = await setting('trustedProxies: [ 10.0.0.0/8 ], proxyProtocol: optional');
    const answer = await heard(await connected(optional.gate.port, Buffer.concat([header, Buffer.from(GET)])));
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    const required = await setting('trustedProxies: [ 10.0.0.0/8 ], proxyProtocol: required');
    expect(await heard(await connected(required.gate.port, Buffer.concat([header, Buffer.from(GET)])))).toBe('');
    expect([...optional.service.seen, ...required.service.seen]).toEqual([]);
    expect(required.gate.logged.join('')).toContain('it comes from no trusted proxy');
  });
});

describe('a connection of a trusted proxy', () => {
  it('may begin without a header where that is optional', async () => {
    const { gate, service } = await setting(`${TRUSTED}, proxyProtocol: optional`);
    expect(await heard(await connected(gate.port, GET))).toMatch(/^HTTP\/1\.1 200/);
    const socket = tls.connect({ port: gate.tlsPort, host: '127.0.0.1', ca: authority.pem, servername: 'a.test' });
    socket.write(GET);
    expect(await heard(socket)).toMatch(/^HTTP\/1\.1 200/);
    expect(addressesAt(service)).toEqual(['127.0.0.1', '127.0.0.1']);
  });

  it('is cut off without one where it is required', async () => {
    const { gate, service } = await setting(`${TRUSTED}, proxyProtocol: required`);
    expect(await heard(await connected(gate.port, GET))).toBe('');
    expect(service.seen).toEqual([]);
    expect(gate.logged.join('')).toContain('it began without a PROXY header');
  });

  it.each([
    ['in the proxy’s own name, version 1', Buffer.from('PROXY UNKNOWN\r\n')],
    ['in the proxy’s own name, version 2', version2('9.9.9.9', { command: 0x20 })],
    ['of an unknown family', version2('', { family: 0 })],
  ])('is from itself where it speaks %s', async (_, header) => {
    const { gate, service } = await setting(`${TRUSTED}, proxyProtocol: required`);
    expect(await heard(await connected(gate.port, Buffer.concat([header, Buffer.from(GET)])))).toMatch(
      /^HTTP\/1\.1 200/,
    );
    expect(addressesAt(service)).toEqual(['127.0.0.1']);
  });

  it('may say more than its addresses', async () => {
    const { gate, service } = await setting(`${TRUSTED}, proxyProtocol: required`);
    const header = version2('9.9.9.9', { extra: Buffer.from([0x04, 0, 3, 1, 2, 3]) });
    expect(await heard(await connected(gate.port, Buffer.concat([header, Buffer.from(GET)])))).toMatch(
      /^HTTP\/1\.1 200/,
    );
    expect(addressesAt(service)).toEqual(['9.9.9.9']);
  });

  it.each([
    ['a line that is too long', Buffer.from(`PROXY TCP4 ${'1'.repeat(200)}`)],
    ['an address that is none', Buffer.from('PROXY TCP4 999.1.1.1 10.0.0.1 1 2\r\n')],
    ['an address of the other family', Buffer.from('PROXY TCP4 ::1 ::1 1 2\r\n')],
    ['a version that there is not', version2('9.9.9.9', { command: 0x31 })],
    ['a length that hides what follows', Buffer.from([...version2('9.9.9.9').subarray(0, 14), 0xff, 0xff])],
  ])('is cut off for %s', async (_, header) => {
    const { gate, service } = await setting(`${TRUSTED}, proxyProtocol: required`);
    expect(await heard(await connected(gate.port, Buffer.concat([header, Buffer.from(GET)])))).toBe('');
    expect(service.seen).toEqual([]);
    expect(gate.records).toEqual([]);
    expect(gate.logged.join('')).toContain('its PROXY header: ');
  });

  it('costs nothing when it leaves before it has said who calls', async () => {
    const { gate } = await setting(`${TRUSTED}, proxyProtocol: required`);
    for (const header of Object.values(HEADERS)) {
      for (const length of [0, 1, 5, header.length - 1]) {
        const socket = await connected(gate.port, header.subarray(0, length));
        socket.resetAndDestroy();
        await once(socket, 'close');
      }
    }
    const answer = await heard(await connected(gate.port, Buffer.concat([version1('9.9.9.9'), Buffer.from(GET)])));
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
    await vi.waitFor(() => expect(gate.listener.stats().connections).toBe(0));
    expect(gate.records).toHaveLength(1);
  });
});

describe('what proxies say of their callers', () => {
  interface Said {
    readonly gateway: string;
    readonly headers: Readonly<Record<string, string>>;
  }

  async function upstreamSees({ gateway, headers }: Said): Promise<Readonly<Record<string, unknown>>> {
    const { gate, service } = await setting(gateway);
    expect((await fetch(gate.url, { headers })).status).toBe(200);
    const [record] = gate.records;
    const clientIp: unknown = typeof record === 'object' && record !== null ? Reflect.get(record, 'clientIp') : '';
    return { clientIp, ...service.seen[0]?.headers };
  }

  const LOCAL = 'trustedProxies: [ 127.0.0.1, 10.0.0.0/8, "fd00::/8" ]';

  it.each([
    ['one hop', '9.9.9.9', '9.9.9.9'],
    ['hops of ours', '9.9.9.9, 10.1.1.1, 10.2.2.2', '9.9.9.9'],
    ['a list that the caller has begun', '1.2.3.4, 9.9.9.9, 10.1.1.1', '9.9.9.9'],
    ['addresses of ours that the caller has made up', '10.6.6.6, 9.9.9.9', '9.9.9.9'],
    ['nobody but ours', '10.1.1.1, 10.2.2.2', '10.1.1.1'],
    ['a hop that hides', '1.2.3.4, unknown, 10.1.1.1', '10.1.1.1'],
    ['garbage', '1.2.3.4, 9.9.9.9.9', '127.0.0.1'],
    ['nothing', '', '127.0.0.1'],
    ['a port', '9.9.9.9:1234', '9.9.9.9'],
    ['an address of IPv6 among ours', '2001:db8::1, fd00::1', '2001:db8::1'],
    ['an address of IPv6 with a port', '[2001:db8::1]:1234', '2001:db8::1'],
  ])('is read from the right, over those who are trusted: %s', async (_, list, clientIp) => {
    expect(await upstreamSees({ gateway: LOCAL, headers: { 'x-forwarded-for': list } })).toMatchObject({ clientIp });
  });

  it('is not believed of anybody else', async () => {
    const headers = {
      'x-forwarded-for': '9.9.9.9',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.test',
      forwarded: 'for=9.9.9.9;proto=https;host=evil.test',
    };
    for (const gateway of ['trustedProxies: [ 10.0.0.0/8 ]', 'trustedProxies: []']) {
      const seen = await upstreamSees({ gateway, headers });
      expect(seen).toMatchObject({
        clientIp: '127.0.0.1',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'http',
        forwarded: expect.stringMatching(/^for=127\.0\.0\.1;host="127\.0\.0\.1:\d+";proto=http$/),
      });
      expect(JSON.stringify(seen)).not.toMatch(/evil|9\.9\.9\.9/);
    }
  });

  it('goes on to upstreams with our own peer behind it', async () => {
    const headers = {
      'x-forwarded-for': '1.2.3.4, 9.9.9.9, 10.1.1.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'b.test',
    };
    expect(await upstreamSees({ gateway: LOCAL, headers })).toMatchObject({
      'x-forwarded-for': '1.2.3.4, 9.9.9.9, 10.1.1.1, 127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'b.test',
      forwarded: 'for=9.9.9.9;host="b.test";proto=https',
    });
  });

  it.each([
    ['a scheme that there is not', { 'x-forwarded-proto': 'javascript' }, { 'x-forwarded-proto': 'http' }],
    ['the last of several schemes', { 'x-forwarded-proto': 'http, https' }, { 'x-forwarded-proto': 'https' }],
  ])('of %s is taken as it should be', async (_, said, seen) => {
    const headers = { 'x-forwarded-for': '9.9.9.9', ...said };
    expect(await upstreamSees({ gateway: LOCAL, headers })).toMatchObject(seen);
  });

  it('of a host that is none is not taken', async () => {
    const headers = { 'x-forwarded-for': '9.9.9.9', 'x-forwarded-host': 'a"b;proto=https' };
    expect((await upstreamSees({ gateway: LOCAL, headers }))['x-forwarded-host']).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it('is one field, and the other is not looked at', async () => {
    const headers = { 'x-forwarded-for': '9.9.9.9', forwarded: 'for=8.8.8.8;proto=https, for="[2001:db8::1]:80"' };
    expect(await upstreamSees({ gateway: LOCAL, headers })).toMatchObject({ clientIp: '9.9.9.9' });
    expect(await upstreamSees({ gateway: `${LOCAL}, forwardedBy: forwarded`, headers })).toMatchObject({
      clientIp: '2001:db8::1',
      forwarded: expect.stringMatching(/^for="\[2001:db8::1\]";/),
    });
  });

  it.each([
    ['for=_hidden', '127.0.0.1'],
    ['for=9.9.9.9, for=unknown, for=10.1.1.1', '10.1.1.1'],
    ['for="9.9.9.9:4711"', '9.9.9.9'],
    ['For=9.9.9.9;Proto=https', '9.9.9.9'],
    ['for=9.9.9.9;for=8.8.8.8', '127.0.0.1'],
    ['for="9.9.9.9', '127.0.0.1'],
    ['for=9.9.9.9,', '127.0.0.1'],
  ])('may be Forwarded: %s', async (forwarded, clientIp) => {
    const seen = await upstreamSees({ gateway: `${LOCAL}, forwardedBy: forwarded`, headers: { forwarded } });
    expect(seen).toMatchObject({ clientIp });
  });

  it('is worth nothing in other fields', async () => {
    const names = [
      'x-real-ip',
      'true-client-ip',
      'cf-connecting-ip',
      'client-ip',
      'x-client-ip',
      'x-cluster-client-ip',
    ];
    const more = ['x-forwarded-prefix', 'x-forwarded-port', 'x-forwarded-uri', 'x-forwarded-scheme'];
    const all = [...names, ...more].flatMap((name) => [name, name.replaceAll('-', '_')]);
    const headers = Object.fromEntries(all.map((name) => [name, '9.9.9.9']));
    const seen = await upstreamSees({ gateway: LOCAL, headers });
    expect(seen['clientIp']).toBe('127.0.0.1');
    for (const name of all) expect(seen).not.toHaveProperty([name]);
  });

  it('begins where a PROXY header ends', async () => {
    const { gate, service } = await setting(`${LOCAL}, proxyProtocol: required`);
    const ask = async (from: string): Promise<void> => {
      const request = GET.replace('host:', 'x-forwarded-for: 9.9.9.9\r\nhost:');
      await heard(await connected(gate.port, Buffer.concat([version1(from), Buffer.from(request)])));
    };
    await ask('10.1.1.1');
    await ask('8.8.8.8');
    expect(gate.records).toMatchObject([{ clientIp: '9.9.9.9' }, { clientIp: '8.8.8.8' }]);
    expect(addressesAt(service)).toEqual(['9.9.9.9, 10.1.1.1', '8.8.8.8']);
  });
});
