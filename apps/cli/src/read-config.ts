import { readFileSync } from 'node:fs';
import { CommandFailure } from './failure.ts';

/** The text of a gatehouse.yaml; a CommandFailure says why there is none. */
export function readConfig(file: string): string {
  try {
    return readUtf8(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const wrong = code === 'ENOENT' ? 'there is no such file, check its name' : `the file cannot be read (${code})`;
    throw new CommandFailure(`${file}: ${wrong}`);
  }
}

export function readUtf8(file: string): string {
  return readFileSync(file, 'utf8');
}
