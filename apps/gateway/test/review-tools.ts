import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { startGate, startUpstream, type Running, type Upstream } from './harness.ts';

export interface RawServer {
  readonly port: number;
  readonly sockets: ReadonlySet<net.Socket>;
}

/** A server of raw bytes that lives as long as the test. */
export async function rawServer(onSocket: (socket: net.Socket) => void): Promise<RawServer> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return { port: address.port, sockets };
}

export async function gate(text: string, workers = 1): Promise<Running> {
  const running = await startGate(text, workers);
  onTestFinished(async () => running.stop());
  return running;
}

export async function upstream(...[handle]: Parameters<typeof startUpstream>): Promise<Upstream> {
  const running = await startUpstream(handle);
  onTestFinished(async () => running.close());
  return running;
}

export interface Caller {
  readonly socket: net.Socket;
  text(): string;
  ended(): boolean;
  error(): string | undefined;
}

/** A connection that sends bytes as they are and keeps what comes back. */
export function caller(port: number, bytes: string, options: { allowHalfOpen?: boolean } = {}): Caller {
  const socket = net.connect({ port, host: '127.0.0.1', ...options });
  let text = '';
  let error: string | undefined;
  let ended = false;
  socket.on('data', (data) => (text += data.toString('latin1')));
  socket.on('end', () => (ended = true));
  socket.on('error', (reason) => (error = String(reason)));
  socket.write(bytes, 'latin1');
  onTestFinished(() => void socket.destroy());
  return { socket, text: () => text, ended: () => ended, error: () => error };
}

/** True as soon as `condition` holds; false when it does not within the time. */
export async function within(ms: number, condition: () => boolean): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (!condition() && performance.now() < deadline) await sleep(10);
  return condition();
}

export async function send(port: number, bytes: string, ms = 3000): Promise<string> {
  const one = caller(port, bytes);
  await within(ms, () => one.socket.closed);
  return one.text();
}

export function post(path: string, body: string | Buffer, lines = ''): string {
  const bytes = Buffer.from(body);
  return `POST ${path} HTTP/1.1\r\nHost: a\r\n${lines}Content-Length: ${bytes.length}\r\n\r\n${bytes.toString('latin1')}`;
}
