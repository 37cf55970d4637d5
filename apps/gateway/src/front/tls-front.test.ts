import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { createLogger } from '@gatehouse/kernel';
import { TestAuthority } from '@gatehouse/kernel/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Certificates } from './certificates.ts';
import { TlsFront } from './tls-front.ts';

const authority = new TestAuthority();
const { cert, key } = authority.issue({ names: ['a.test'] });
const certificates = new Certificates(
  {
    listen: { host: '127.0.0.1', port: 0 },
    certificates: [{ hosts: ['a.test'], cert, key, isDefault: false }],
    minVersion: 'TLSv1.2',
    clientCertificates: undefined,
    redirect: false,
  },
  new Uint8Array(48),
);

interface Front {
  readonly front: TlsFront;
  readonly port: number;
  readonly logged: readonly string[];
  /** How many callers have come through. */
  readonly secured: () => number;
}

async function frontOf(handshakeMs: number): Promise<Front> {
  const logged: string[] = [];
  let secured = 0;
  const log = createLogger({ level: 'debug', write: (line) => logged.push(line), now: Date.now });
  const front = new TlsFront({
    certificates,
    log,
    handshakeMs,
    onSecure: (socket) => {
      secured++;
      socket.on('error', () => {}).resume();
    },
  });
  const server = net.createServer({ pauseOnConnect: true }, (socket) => front.take(socket));
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return { front, port, logged, secured: () => secured };
}

describe('a handshake', () => {
  it('that does not come to its end is cut off, counted, and told of to those who look closely', async () => {
    const { front, port, logged, secured } = await frontOf(50);
    const socket = net.connect(port, '127.0.0.1');
    socket.write(Buffer.from([22, 3, 1]));
    socket.resume();
    await once(socket, 'close');
    expect([front.failures, secured()]).toEqual([1, 0]);
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({
      level: 'debug',
      message: 'TLS was not agreed on',
      from: '127.0.0.1',
      error: 'TLS handshake timeout',
    });
  });

  it('that comes to its end in time is not', async () => {
    const { front, port, secured } = await frontOf(10_000);
    const socket = tls.connect({ port, host: '127.0.0.1', ca: authority.pem, servername: 'a.test' });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'session');
    expect([front.failures, secured()]).toEqual([0, 1]);
  });

  it('is the only one of its connection', async () => {
    const { port, secured } = await frontOf(10_000);
    const options = { port, host: '127.0.0.1', ca: authority.pem, servername: 'a.test' };
    const socket = tls.connect({ ...options, maxVersion: 'TLSv1.2' });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'secureConnect');
    const closed = once(socket, 'close');
    socket.on('error', () => {}).resume();
    socket.renegotiate({}, () => {});
    await closed;
    const other = tls.connect(options);
    onTestFinished(() => void other.destroy());
    await once(other, 'secureConnect');
    await vi.waitFor(() => expect(secured()).toBe(2));
  });
});
