import { writeFileSync } from 'node:fs';
import { CommandFailure } from './failure.ts';

/** A file that was not there; a CommandFailure says why not. */
export function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    const there = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new CommandFailure(
      there ? `${file}: there is such a file, name another` : `${file}: cannot be written (${String(error)})`,
    );
  }
}
