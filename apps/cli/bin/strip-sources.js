// Strips every source of ours whose kept text is missing or stale, then ends. Node's stripper is a WebAssembly module
// that stays, with some 20 MB, in every thread that used it once; here it goes with its process.
import { globSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { entryName, FOLDER, keptText, ROOT, trailer } from './stripped-text.js';

const SOURCES = '{packages,apps,examples}/*/src/**/*.ts';
const ABANDONED_MS = 60_000;

/** Under a name of its own first: a process that looks meanwhile sees the whole text or none. */
function keep(file, name) {
  const temporary = path.join(FOLDER, `${name}.${process.pid}.tmp`);
  try {
    const before = trailer(file, '');
    const text = stripTypeScriptTypes(readFileSync(file, 'utf8'), { mode: 'strip' });
    if (trailer(file, '') !== before) return; // written to meanwhile: which text this is, nobody knows
    writeFileSync(temporary, text + trailer(file, text));
    renameSync(temporary, path.join(FOLDER, name));
  } catch {
    rmSync(temporary, { force: true }); // whoever imports it is told by Node what is wrong with it
  }
}

/** Entries of sources that are gone, and what a killed process left; not what another one is writing. */
function discard(file) {
  const ageMs = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (!file.endsWith('.tmp') || ageMs > ABANDONED_MS) rmSync(file, { force: true, recursive: true });
}

const names = new Set();
mkdirSync(FOLDER, { recursive: true });
for (const source of globSync(SOURCES, { cwd: ROOT })) {
  const file = path.join(ROOT, source);
  const name = entryName(file);
  if (name === undefined) continue;
  names.add(name);
  if (keptText(file, name) === undefined) keep(file, name);
}
for (const name of readdirSync(FOLDER)) if (!names.has(name)) discard(path.join(FOLDER, name));
