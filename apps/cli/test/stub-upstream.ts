import http from 'node:http';
import net from 'node:net';
import { onTestFinished } from 'vitest';

export interface StubUpstream {
  readonly url: string;
  readonly port: number;
  /** Resolves when a request for the path has come, which is held from then on. */
  held(path: string): Promise<http.ServerResponse>;
}

/** As long as a service takes; without it, whoever calls in a loop would take the machine from those it waits for. */
const SERVICE_MS = 10;

/** Answers `ok` after a while, but for paths that a test holds: those it answers itself. */
export async function stubUpstream(): Promise<StubUpstream> {
  const holders = new Map<string, (response: http.ServerResponse) => void>();
  const server = http.createServer((request, response) => {
    const hold = holders.get(request.url ?? '');
    if (hold === undefined) setTimeout(() => response.end('ok'), SERVICE_MS);
    else hold(response);
  });
  const port = await listenSomewhere(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    held: async (path) => new Promise((resolve) => holders.set(path, resolve)),
  };
}

export async function listenSomewhere(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
  return address.port;
}

/** A port that nobody listens on, for addresses that have to be known beforehand. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  const port = await listenSomewhere(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
