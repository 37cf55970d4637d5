import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Engine {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Whether a Python has chdb; where it does not, how to get it is said. */
export function hasEngine(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import chdb'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stdout.write(
      'skipped: ClickHouse (run conformance/clickhouse/prepare.sh FOLDER, and set GATEHOUSE_CHDB to its bin/python)\n',
    );
    return false;
  }
}

export async function startEngine(python: string): Promise<Engine> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-clickhouse-'));
  const child = spawn(python, [path.join(import.meta.dirname, 'engine.py'), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [line] = await once(child.stdout, 'data');
  return {
    port: Number(String(line)),
    stop: async () => {
      child.stdin.end();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
