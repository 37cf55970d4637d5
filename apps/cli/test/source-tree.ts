import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

const BIN = path.join(import.meta.dirname, '..', 'bin');
const CACHE_FILES = ['strip-cache.js', 'stripped-text.js', 'strip-sources.js'];

export interface TreeRun {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** A repository of its own with the strip cache and one package, so that a test may break what it likes. */
export class SourceTree {
  readonly root = realpathSync(temporaryFolder());
  readonly cache = path.join(this.root, 'node_modules', '.cache', 'gatehouse');

  constructor() {
    const bin = path.join(this.root, 'apps', 'cli', 'bin');
    mkdirSync(bin, { recursive: true });
    for (const file of CACHE_FILES) copyFileSync(path.join(BIN, file), path.join(bin, file));
    this.write('package.json', '{ "type": "module" }');
  }

  write(file: string, text: string): string {
    const target = path.join(this.root, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
    return target;
  }

  /** Runs a file of the tree as the door runs the program. */
  async run(file: string): Promise<TreeRun> {
    return this.#node(['--import', `file://${this.root}/apps/cli/bin/strip-cache.js`, path.join(this.root, file)]);
  }

  async runWithoutCache(file: string): Promise<TreeRun> {
    return this.#node([path.join(this.root, file)]);
  }

  async #node(args: readonly string[]): Promise<TreeRun> {
    return new Promise((resolve) => {
      execFile(process.execPath, args, (error, out, err) => {
        resolve({ out, err, code: typeof error?.code === 'number' ? error.code : 0 });
      });
    });
  }

  /** Names of what is kept, in order. */
  entries(): readonly string[] {
    return readdirSync(this.cache).toSorted();
  }

  entry(name: string): string {
    return readFileSync(path.join(this.cache, name), 'utf8');
  }
}
