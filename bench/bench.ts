import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Options } from './options.ts';
import type { Tools } from './tools.ts';

/** What every scenario is handed. */
export interface Bench {
  readonly options: Options;
  readonly tools: Tools;
  /** Of this run; removed at its end. */
  readonly dir: string;
  /** nginx's requests a second, by the kind of work, as measured in this run. */
  readonly saturation: Map<Work, number>;
  /** Further versions that the report names. */
  readonly versions: Map<string, string>;
  say(line: string): void;
  /** Something of ours or of a rival went wrong; the run goes on, and ends with exit code 1. */
  problem(text: string): void;
}

export type Work = 'bare' | 'governed';

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Section {
  /** What was done, in a sentence or two. */
  readonly method: string;
  readonly tables: readonly Table[];
  readonly notes: readonly string[];
}

let folders = 0;

/** A fresh folder below the run's own. */
export function folder(bench: Bench, name: string): string {
  const dir = path.join(bench.dir, `${name}-${++folders}`);
  mkdirSync(dir, { recursive: true });
  return dir;
}
