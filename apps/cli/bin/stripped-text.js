// Our sources without their types, as `strip-sources.js` has kept them below node_modules/.cache.
import { accessSync, constants, mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';

export const ROOT = path.join(import.meta.dirname, '..', '..', '..');
export const FOLDER = path.join(ROOT, 'node_modules', '.cache', 'gatehouse');

const OURS = /^(?:packages|apps|examples)\/[^/]+\/src\/.+\.ts$/;
const FOR_TESTS = /\.test\.ts$|\/__fixtures__\/|\/testing\/|\/testkit\//;

/** The text of a source; undefined for a file that is none of ours, and where nothing can be kept: Node strips it then. */
export function strippedText(file) {
  const name = entryName(file);
  return name === undefined ? undefined : (keptText(file, name) ?? (stripAside() ? keptText(file, name) : undefined));
}

/** One entry a source, so that a newer text takes the place of the older. */
export function entryName(file) {
  const source = path.relative(ROOT, file).replaceAll(path.sep, '/');
  return OURS.test(source) && !FOR_TESTS.test(source) ? `${source.replaceAll('/', '+')}.js` : undefined;
}

export function keptText(file, name) {
  try {
    const entry = readFileSync(path.join(FOLDER, name), 'utf8');
    const end = entry.lastIndexOf('\n');
    const text = entry.slice(0, end);
    return entry.slice(end) === trailer(file, text) ? text : undefined;
  } catch {
    return undefined; // not there, or not to be read: it is made anew
  }
}

/** Stands behind the text, where it moves no line: of which version of the source and of Node it is, and that it is whole. */
export function trailer(file, text) {
  const { size, mtimeMs } = statSync(file);
  return `\n// ${file} ${size} ${mtimeMs} ${process.version} ${crc32(text)}`;
}

let tried = false;

/** Once in a thread: what is still missing then cannot be kept. */
function stripAside() {
  if (tried) return false;
  tried = true;
  try {
    mkdirSync(FOLDER, { recursive: true });
    accessSync(FOLDER, constants.W_OK);
  } catch {
    return false; // a read-only file system, for instance
  }
  // Needed at the first start and after a change; not worth its memory in every thread.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const program = path.join(import.meta.dirname, 'strip-sources.js');
  return spawnSync(process.execPath, [program], { stdio: 'ignore' }).status === 0;
}
