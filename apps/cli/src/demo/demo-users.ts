import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Logger } from '@gatehouse/kernel';
import { CommandFailure } from '../failure.ts';

const MAIN = path.join(import.meta.dirname, '../../../../examples/users/src/main.ts');
const RESTART_MS = 1000;
const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5000;

export interface DemoUsers {
  readonly ports: readonly number[];
  stop(): Promise<void>;
}

export interface DemoUsersOptions {
  readonly dataDir: string;
  readonly instances: number;
  readonly log: Logger;
}

/**
 * The reference microservice as processes of its own, on one database file, as a company's services would be.
 * They end with us: each leaves when its channel to us closes.
 */
export async function startDemoUsers({ dataDir, instances, log }: DemoUsersOptions): Promise<DemoUsers> {
  const services = Array.from({ length: instances }, (_, i) => new DemoUser({ name: `users-${i + 1}`, dataDir, log }));
  const ports = await Promise.all(services.map(async (service) => service.start(0)));
  return {
    ports,
    stop: async () => {
      await Promise.all(services.map(async (service) => service.stop()));
    },
  };
}

interface DemoUserOptions {
  readonly name: string;
  readonly dataDir: string;
  readonly log: Logger;
}

class DemoUser {
  readonly #options: DemoUserOptions;
  #child: ChildProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(options: DemoUserOptions) {
    this.#options = options;
  }

  async start(port: number): Promise<number> {
    const { name } = this.#options;
    const child = fork(MAIN, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // A group of its own: a terminal's Ctrl-C is for us, and we end the services last, when nobody needs them.
      detached: true,
      env: this.#environment(port),
    });
    this.#child = child;
    const bound = await readyPort(child, name);
    child.once('exit', (code) => this.#ended(code, bound));
    return bound;
  }

  #environment(port: number): NodeJS.ProcessEnv {
    const { name, dataDir } = this.#options;
    return {
      ...process.env,
      PORT: String(port),
      HOST: '127.0.0.1',
      DATABASE_FILE: path.join(dataDir, 'demo-users.db'),
      INSTANCE: name,
      SEED: 'true',
      LOG_LEVEL: 'error',
    };
  }

  #ended(code: number | null, port: number): void {
    const { name, log } = this.#options;
    if (this.#stopping) return;
    log.warn('a demo service ended and is started again', { name, code });
    this.#restart = setTimeout(() => {
      this.start(port).catch((error: unknown) =>
        log.error('a demo service did not start', { name, error: String(error) }),
      );
    }, RESTART_MS);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await gone;
    clearTimeout(timer);
  }
}

async function readyPort(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => reject(new CommandFailure(`the demo service ${name} ${what}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail('was not ready in time');
    }, START_TIMEOUT_MS);
    child.once('error', (error) => fail(`cannot be started: ${error.message}`));
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with ${String(code)} before it was ready`);
    });
    child.on('message', (message: unknown) => {
      if (typeof message !== 'object' || message === null || !('port' in message)) return;
      clearTimeout(timer);
      resolve(Number(message.port));
    });
  });
}
