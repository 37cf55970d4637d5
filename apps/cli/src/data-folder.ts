import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CommandFailure } from './failure.ts';

/**
 * Makes the data folder where it is missing, and fails when nothing can be written to it. Returns the first folder that
 * it made, if any.
 */
export function requireDataFolder(dataDir: string): string | undefined {
  const probe = path.join(dataDir, `.probe-${process.pid}`);
  try {
    const made = mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(probe, '');
    rmSync(probe);
    return made;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new CommandFailure(`the data folder ${dataDir} cannot be written (${code}); choose another with --data`);
  }
}
