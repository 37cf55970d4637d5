import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Fields, fields, integer } from '../fields.ts';

export const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

export interface ServiceProcess {
  readonly child: ChildProcess;
  readonly port: number;
  readonly url: string;
  /** Resolves with the exit code; null when a signal ended the process. */
  readonly exited: Promise<number | null>;
  /** Resolves with the next line of the log, from now on, that has this message. */
  logged(message: string): Promise<Fields>;
}

/** Starts the real service in a process of its own, on a free port, and waits until it says that it listens. */
export async function startServiceProcess(environment: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const child = fork(MAIN, {
    env: { PORT: '0', ...environment },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  // Only a test that fails leaves anything to end here.
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit').then(([code]: unknown[]) => (typeof code === 'number' ? code : null));
  const errors = collect(child.stderr);
  const log = createInterface({ input: readable(child.stdout) });
  const message = await Promise.race([once(child, 'message'), exited.then(() => undefined)]);
  if (message === undefined) throw new Error(`the service did not start: ${await errors}`);
  const port = integer(fields(message[0]), 'port');
  return {
    child,
    port,
    url: `http://127.0.0.1:${port}`,
    exited,
    logged: (wanted) =>
      new Promise((resolve) => {
        log.on('line', (line) => {
          const parsed = fields(JSON.parse(line));
          if (parsed['message'] === wanted) resolve(parsed);
        });
      }),
  };
}

/** Runs the service with an environment that it refuses; resolves with its exit code and what it complained about. */
export async function startAndFail(environment: Readonly<Record<string, string>>): Promise<readonly [unknown, string]> {
  const child = fork(MAIN, { env: environment, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const errors = collect(child.stderr);
  const [code]: unknown[] = await once(child, 'exit');
  return [code, await errors];
}

/** In a folder of its own, which goes when the test is over. */
export function newDatabaseFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'users-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'users.db');
}

export async function collect(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = '';
  for await (const chunk of readable(stream)) text += String(chunk);
  return text;
}

function readable(stream: NodeJS.ReadableStream | null): NodeJS.ReadableStream {
  if (stream === null) throw new Error('the process was started without a pipe');
  return stream;
}
