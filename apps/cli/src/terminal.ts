import type { Environment } from './load-config.ts';

export interface Terminal {
  readonly env: Environment;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export const print =
  ({ stdout }: Terminal) =>
  (line: string): void => {
    stdout.write(`${line}\n`);
  };

/** Those of people who do not mind (NO_COLOR, by no-color.org), and not of files and pipes. */
export function hasColours(stream: NodeJS.WriteStream, env: Environment): boolean {
  return stream.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}
