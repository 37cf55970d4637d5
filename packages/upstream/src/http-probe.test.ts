import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { endpointSpec, HEALTH } from './__fixtures__/specs.ts';
import { httpProbe } from './http-probe.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Listens on a free port of this machine and is closed after the test. */
function portOf(server: Server): Promise<number> {
  closers.push(() => server.close());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

function serverOf(status: number, seen: IncomingMessage[] = []): Promise<number> {
  const server = createServer((request, response) => {
    seen.push(request);
    response.writeHead(status, { location: '/login' });
    response.flushHeaders();
  });
  closers.push(() => server.closeAllConnections());
  return portOf(server);
}

function probe(port: number, signal = new AbortController().signal, timeoutMs = 5000): Promise<boolean> {
  const endpoint = endpointSpec('127.0.0.1', { port, authority: 'users.test', basePath: '/base' });
  return httpProbe(endpoint, { ...HEALTH, timeoutMs }, signal);
}

describe('a probe', () => {
  it.each([
    [200, true],
    [204, true],
    [302, true],
    [399, true],
    [400, false],
    [404, false],
    [429, false],
    [500, false],
    [503, false],
  ])('calls an answer of %d well: %s', async (status, expected) => {
    expect(await probe(await serverOf(status))).toBe(expected);
  });

  it('asks for the path as it stands, under the name of the endpoint, on a connection of its own', async () => {
    const seen: IncomingMessage[] = [];
    await probe(await serverOf(200, seen));
    const [request] = seen;
    expect([request?.method, request?.url, request?.headers.host]).toEqual(['GET', '/readyz', 'users.test']);
    expect(request?.headers.connection).toBe('close');
  });

  it('calls an endpoint unwell that refuses connections', async () => {
    const server = createServer();
    const port = await portOf(server);
    await new Promise((resolve) => {
      server.close(resolve);
    });
    expect(await probe(port)).toBe(false);
  });

  it('calls an endpoint unwell that hangs up', async () => {
    const port = await portOf(createTcpServer((socket) => socket.destroy()));
    expect(await probe(port)).toBe(false);
  });

  it('calls an endpoint unwell that does not speak HTTP', async () => {
    const port = await portOf(createTcpServer((socket) => socket.end('SSH-2.0-x\r\n')));
    expect(await probe(port)).toBe(false);
  });

  it('calls an endpoint unwell that stays silent for longer than the timeout', async () => {
    const port = await portOf(
      createTcpServer((socket) => {
        closers.push(() => socket.destroy());
      }),
    );
    expect(await probe(port, new AbortController().signal, 20)).toBe(false);
  });

  it('ends at once when it is told to', async () => {
    const abort = new AbortController();
    const port = await portOf(
      createTcpServer((socket) => {
        closers.push(() => socket.destroy());
        abort.abort();
      }),
    );
    expect(await probe(port, abort.signal)).toBe(false);
  });
});
