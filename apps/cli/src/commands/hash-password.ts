import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { ReadStream } from 'node:tty';
import { passwordHash } from '@gatehouse/kernel';
import { CommandFailure } from '../failure.ts';

const SALT_BYTES = 16;
/** What `basic` takes at the most. */
const CHARS_MAX = 256;

export interface HashPasswordOptions {
  readonly stdin: NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY'>>;
  /** Asks whoever sits there; what is printed goes elsewhere. */
  readonly ask: (text: string) => void;
  readonly json: boolean;
  readonly print: (line: string) => void;
}

/** `gatehouse hash-password`: the first line that comes in, as `applications.*.basic` has it. Shows nothing that is typed. */
export async function hashPassword({ stdin, ask, json, print }: HashPasswordOptions): Promise<void> {
  const terminal = stdin.isTTY === true;
  if (terminal) ask('password (is not shown): ');
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: silent, terminal });
  let password = '';
  for await (const line of lines) {
    password = line;
    break;
  }
  lines.close();
  if (terminal) ask('\n');
  if (password === '') throw new CommandFailure('write the password to standard input, it was empty');
  if (password.length > CHARS_MAX) throw new CommandFailure(`a password has at most ${CHARS_MAX} characters`);
  const argon2 = passwordHash(password, randomBytes(SALT_BYTES));
  print(json ? JSON.stringify({ argon2 }) : argon2);
}
