import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processTree } from './process-tree.ts';
import { PATH } from './tools.ts';

export interface Launch {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Cores by number, as taskset writes them: `0`, `0,1`. */
  readonly cores: string;
  readonly port: number;
  /** Its output goes to `output.log` in here. */
  readonly dir: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly readySeconds?: number;
}

export interface Service {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  /** Standard output and error so far. */
  output(): string;
  stop(): Promise<void>;
}

const STOP_MS = 10_000;
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) killTree(child);
});

/** Starts a program on its cores; resolves when its port accepts connections. */
export async function launch(options: Launch): Promise<Service> {
  const { name, port, dir } = options;
  const log = path.join(dir, 'output.log');
  const output = (): string => readFileSync(log, 'utf8');
  const child = spawnPinned(options, log);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} did not start`);
  const service: Service = { name, pid, port, output, stop: async () => stop(child) };
  const deadline = performance.now() + (options.readySeconds ?? 20) * 1000;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await service.stop();
      throw new Error(`${name} did not start:\n${output().slice(-2000)}`);
    }
    await sleep(50);
  }
  return service;
}

function spawnPinned({ command, args, cores, dir, env }: Launch, log: string): ChildProcess {
  mkdirSync(dir, { recursive: true });
  const descriptor = openSync(log, 'a');
  // taskset becomes the program: the pid is the program's own
  const child = spawn('taskset', ['-c', cores, command, ...args], {
    cwd: dir,
    env: { ...process.env, PATH, ...env },
    stdio: ['ignore', descriptor, descriptor],
  });
  closeSync(descriptor);
  child.on('error', () => running.delete(child));
  child.on('exit', () => running.delete(child));
  running.add(child);
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (!running.has(child)) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => killTree(child), STOP_MS);
  await gone;
  clearTimeout(timer);
}

function killTree(child: ChildProcess): void {
  for (const pid of child.pid === undefined ? [] : processTree(child.pid)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      continue; // gone by itself meanwhile
    }
  }
}

async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new TypeError('no free port');
  return address.port;
}
