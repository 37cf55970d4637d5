import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process';
import net from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';

// Debian keeps servers out of the path of ordinary users
const ENV = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };

/** Whether a program is there; where it is not, the tests say how to get it. */
export function has(program: string, how: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { env: ENV, stdio: 'pipe' });
    return true;
  } catch {
    process.stdout.write(`skipped: ${program} (${how})\n`);
    return false;
  }
}

/** Until the test ends. */
export function run(program: string, args: readonly string[]): ChildProcessByStdio<Writable, Readable, null> {
  const child = spawn(program, [...args], { env: ENV, stdio: ['pipe', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export async function isListening(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1');
  const listening = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  return listening;
}
