import { execFileSync } from 'node:child_process';
import os from 'node:os';

/** The load generator and the upstream share one core, so that the proxy has its own. */
export const LOAD_CORE = '0';

/** Cores for a proxy with so many workers; when there are too few, it shares with the load. */
export function proxyCores(workers: number): string {
  const count = os.cpus().length;
  const first = count > workers ? 1 : 0;
  return Array.from({ length: Math.min(workers, count) }, (_, index) => first + index).join(',');
}

export function proxySharesLoadCore(workers: number): boolean {
  return proxyCores(workers).split(',').includes(LOAD_CORE);
}

export function allCores(): string {
  return `0-${os.cpus().length - 1}`;
}

/** Moves this process, all its threads included, to these cores. */
export function pinSelf(cores: string): void {
  execFileSync('taskset', ['-apc', cores, String(process.pid)], { stdio: 'ignore' });
}
