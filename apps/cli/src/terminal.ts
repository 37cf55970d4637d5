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
