import { spawn } from 'node:child_process';
import { PATH } from './tools.ts';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly cores: string;
}

/** Runs a program on its cores to its end and returns what it printed; fails when it fails. */
export async function runProgram({ command, args, cores }: Program): Promise<string> {
  const child = spawn('taskset', ['-c', cores, command, ...args], {
    env: { ...process.env, PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = (): boolean => child.kill('SIGKILL');
  process.once('exit', end);
  const printed = { out: '', err: '' };
  child.stdout.on('data', (bytes) => (printed.out += String(bytes)));
  child.stderr.on('data', (bytes) => (printed.err += String(bytes)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  process.off('exit', end);
  if (code !== 0) throw new Error(`${command} failed (${String(code)}): ${printed.err.slice(-2000)}`);
  return printed.out;
}
