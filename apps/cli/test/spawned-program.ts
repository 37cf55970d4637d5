import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { onTestFinished } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..');
/** The program itself, and the door that `npx gatehouse` and `npm start` go through. */
export const MAIN = path.join(ROOT, 'src', 'main.ts');
export const DOOR = path.join(ROOT, 'bin', 'gatehouse.js');
/** What the door puts in front of the program. */
const STRIP_CACHE = new URL('../bin/strip-cache.js', import.meta.url).href;

export interface LaunchOptions {
  readonly entry?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What it reads from its standard input, which is closed then. */
  readonly input?: string;
  /** In a process group of its own, as a shell's foreground job is. */
  readonly group?: boolean;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

interface Waiter {
  readonly pattern: RegExp;
  readonly resolve: (match: RegExpExecArray) => void;
  readonly reject: (error: Error) => void;
}

/** A program under test. What it prints is awaited, never slept for; it does not outlive its test. */
export class SpawnedProgram {
  readonly child: ChildProcess;
  /** Everybody who held our pipes is gone: the program and all that it started. */
  readonly closed: Promise<Exit>;
  readonly #text = { out: '', err: '' };
  readonly #waiters = { out: new Set<Waiter>(), err: new Set<Waiter>() };

  constructor(args: readonly string[], { entry = MAIN, env = {}, cwd, input, group = false }: LaunchOptions = {}) {
    const flags = entry === MAIN ? ['--import', STRIP_CACHE] : [];
    this.child = spawn(process.execPath, [...flags, entry, ...args], {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: { ...ENVIRONMENT, ...env },
      cwd,
      detached: group,
    });
    this.child.stdin?.on('error', () => {}).end(input);
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#hear('out', text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#hear('err', text));
    this.closed = new Promise((resolve) => {
      this.child.once('close', (code, signal) => resolve(this.#close({ code, signal })));
    });
  }

  get out(): string {
    return this.#text.out;
  }

  get err(): string {
    return this.#text.err;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The first match in all of what is printed to stdout. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#until('out', pattern);
  }

  /** The first match in all of what is printed to stderr. */
  async logs(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#until('err', pattern);
  }

  /** Where it serves, as its greeting says. */
  async ready(): Promise<{ readonly gateway: string; readonly status: string }> {
    const [, gateway = ''] = await this.prints(/gateway {2}(\S+)/);
    const [, status = ''] = await this.prints(/status {3}(\S+)\/readyz/);
    return { gateway, status };
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    this.child.kill(signal);
    return this.closed;
  }

  #hear(stream: 'out' | 'err', text: string): void {
    this.#text[stream] += text;
    for (const waiter of this.#waiters[stream]) {
      const match = waiter.pattern.exec(this.#text[stream]);
      if (match === null) continue;
      this.#waiters[stream].delete(waiter);
      waiter.resolve(match);
    }
  }

  async #until(stream: 'out' | 'err', pattern: RegExp): Promise<RegExpExecArray> {
    const match = pattern.exec(this.#text[stream]);
    if (match !== null) return match;
    return new Promise((resolve, reject) => this.#waiters[stream].add({ pattern, resolve, reject }));
  }

  #close(exit: Pick<Exit, 'code' | 'signal'>): Exit {
    const end = { ...exit, ...this.#text };
    for (const waiter of [...this.#waiters.out, ...this.#waiters.err])
      waiter.reject(new Error(`ended without ${String(waiter.pattern)}: ${JSON.stringify(end)}`));
    return end;
  }
}

/**
 * Nothing of what the machine or the test runner has set: a vendor's key would add a vendor. Who wants the admin API says
 * where.
 */
const ENVIRONMENT = { PATH: path.dirname(process.execPath), GATEHOUSE_CONSOLE: 'off' };

export function launch(args: readonly string[], options: LaunchOptions = {}): SpawnedProgram {
  const program = new SpawnedProgram(args, options);
  onTestFinished(async () => {
    program.child.kill('SIGKILL');
    await program.closed;
  });
  return program;
}

/** For commands that end by themselves. */
export async function run(args: readonly string[], options: LaunchOptions = {}): Promise<Exit> {
  return launch(args, options).closed;
}
