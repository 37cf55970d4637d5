// The stripped text of our sources, kept below node_modules/.cache. Node's own stripper is a WebAssembly module that
// stays in every thread that used it once, with some 20 MB; here it runs in a process of its own, which ends.
// Run as a program, this strips every source whose text is missing or stale.
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';

const ROOT = path.join(import.meta.dirname, '..', '..', '..');
const FOLDER = path.join(ROOT, 'node_modules', '.cache', 'gatehouse');
const SOURCES = '{packages,apps,examples}/*/src/**/*.ts';
const OURS = /^(?:packages|apps|examples)\/[^/]+\/src\/.+\.ts$/;
const FOR_TESTS = /\.test\.ts$|\/__fixtures__\/|\/testing\/|\/testkit\//;
const ABANDONED_MS = 60_000;

/** The stripped text of a file; undefined for files that are not ours, and where the folder cannot be used. */
export function strippedText(file) {
  const name = entryName(file);
  return name === undefined ? undefined : (kept(file, name) ?? (fillAside() ? kept(file, name) : undefined));
}

/** One entry a source, so that a newer text takes the place of the older. */
function entryName(file) {
  const source = path.relative(ROOT, file).replaceAll(path.sep, '/');
  return OURS.test(source) && !FOR_TESTS.test(source) ? `${source.replaceAll('/', '+')}.js` : undefined;
}

function kept(file, name) {
  try {
    const entry = readFileSync(path.join(FOLDER, name), 'utf8');
    const end = entry.lastIndexOf('\n');
    const text = entry.slice(0, end);
    return entry.slice(end) === trailer(file, text) ? text : undefined;
  } catch {
    return undefined; // not there, or not readable: it is made anew, or Node strips the source itself
  }
}

/** Behind the text, where it moves no line. Tells which version of the source and of Node it is, and that it is whole. */
function trailer(file, text) {
  const { size, mtimeMs } = statSync(file);
  return `\n// ${file} ${size} ${mtimeMs} ${process.version} ${crc32(text)}`;
}

let filled = false;

/** Once in a thread: what is still missing then cannot be kept. */
function fillAside() {
  if (filled) return false;
  filled = true;
  return spawnSync(process.execPath, [import.meta.filename], { stdio: 'ignore' }).status === 0;
}

async function fill() {
  const { stripTypeScriptTypes } = await import('node:module');
  mkdirSync(FOLDER, { recursive: true });
  const names = new Set();
  for (const source of globSync(SOURCES, { cwd: ROOT, exclude: (name) => name === 'node_modules' })) {
    const file = path.join(ROOT, source);
    const name = entryName(file);
    if (name === undefined) continue;
    names.add(name);
    if (kept(file, name) === undefined) keep(file, { name, strip: stripTypeScriptTypes });
  }
  for (const name of readdirSync(FOLDER)) if (!names.has(name)) discard(path.join(FOLDER, name));
}

/** Under a name of its own first: another process that looks sees the whole text or none. */
function keep(file, { name, strip }) {
  const temporary = path.join(FOLDER, `${name}.${process.pid}.tmp`);
  try {
    const last = trailer(file, ''); // before the text is read: a change in between makes the entry stale, not wrong
    const text = strip(readFileSync(file, 'utf8'), { mode: 'strip' });
    if (trailer(file, '') !== last) return;
    writeFileSync(temporary, text + trailer(file, text));
    renameSync(temporary, path.join(FOLDER, name));
  } catch {
    rmSync(temporary, { force: true }); // whoever imports it is told by Node what is wrong with it
  }
}

/** Entries of sources that are gone, and what a process left that was killed; not what another one is writing. */
function discard(file) {
  const ageMs = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (!file.endsWith('.tmp') || ageMs > ABANDONED_MS) rmSync(file, { force: true });
}

if (import.meta.main) await fill();
