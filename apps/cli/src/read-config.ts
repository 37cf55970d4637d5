import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync, type Stats } from 'node:fs';
import { CommandFailure } from './failure.ts';

/** The text of a gatehouse.yaml; a CommandFailure says why there is none. */
export function readConfig(file: string, read = readUtf8): string {
  try {
    return read(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new CommandFailure(`${file}: ${WRONG[code] ?? `the file cannot be read (${code})`}`);
  }
}

const NO_FILE = 'there is no such file, check its name';
const MAY_NOT = 'this user may not read the file';
const WRONG: Readonly<Record<string, string>> = {
  ENOENT: NO_FILE,
  ENOTDIR: NO_FILE,
  EACCES: MAY_NOT,
  EPERM: MAY_NOT,
  EISDIR: 'this is a folder, name the file in it',
  ENXIO: 'this is a socket, name a file',
  'a pipe': 'this is a pipe, name a file: it is read again whenever it changes',
  'a device': 'this is a device, name a file',
  'not UTF-8': 'the file is not UTF-8 text, save it as such',
};

/** For those who read a file once: it may also be a pipe, such as /dev/stdin, and is waited for. */
export function readConfigOnce(file: string): string {
  return readConfig(file, (path) => (statSync(path).isFIFO() ? readFileSync(path, 'utf8') : readUtf8(path)));
}

/** Text of a file. The `code` of an error says what stands there instead, where the system has no code for it. */
export function readUtf8(file: string): string {
  // Without O_NONBLOCK, which Windows has not, a pipe that nobody writes to would hold this thread for good.
  const handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const kind = kindOf(fstatSync(handle));
    if (kind !== undefined) throw unreadable(kind);
    const bytes = readFileSync(handle);
    if (!isUtf8(bytes)) throw unreadable('not UTF-8');
    return bytes.toString('utf8');
  } finally {
    closeSync(handle);
  }
}

/** What it is, if it is no file. */
function kindOf(stats: Stats): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isDirectory()) return 'EISDIR';
  return stats.isFIFO() ? 'a pipe' : 'a device';
}

function unreadable(code: string): Error {
  return Object.assign(new Error(code), { code });
}
