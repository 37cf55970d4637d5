import { compileAside } from './compile-aside.ts';
import type { Environment } from './load-config.ts';
import type { LoadOutcome } from './loaded.ts';
import { readConfig, readUtf8 } from './read-config.ts';

/** A gatehouse.yaml with the documents that it names, and what they held when they were read last. */
export class ConfigFile {
  readonly file: string;
  readonly #env: Environment;
  #texts: ReadonlyMap<string, string> = new Map();

  constructor(file: string, env: Environment) {
    this.file = file;
    this.#env = env;
  }

  /** Reads and compiles. Throws a CommandFailure when the file itself cannot be read. */
  async load(): Promise<LoadOutcome> {
    const { file } = this;
    // What cannot be read is told of once.
    this.#texts = new Map([[file, lookAt(file)]]);
    const text = readConfig(file);
    this.#texts = new Map([[file, text]]);
    const { outcome, documents } = await compileAside({ text, file, env: this.#env });
    const others = [...documents].map(([path, document]) => [path, document ?? UNREADABLE] as const);
    this.#texts = new Map([[file, text], ...others]);
    return outcome;
  }

  /** What was read last, in a form to compare. */
  get loaded(): string {
    return JSON.stringify([...this.#texts.values()]);
  }

  /** What the same files hold now; `undefined` while there is no file, as between an editor's delete and its rename. */
  current(): string | undefined {
    const text = lookAt(this.file);
    if (text === ABSENT) return undefined;
    const [, ...documents] = this.#texts.keys();
    return JSON.stringify([text, ...documents.map(readQuietly)]);
  }
}

/** Stands for the text of a document that cannot be read; no text is a lone NUL. */
const UNREADABLE = '\0';
const ABSENT = '\0ENOENT';

function readQuietly(path: string): string {
  try {
    return readUtf8(path);
  } catch {
    return UNREADABLE;
  }
}

/** Text of a gatehouse.yaml, or why there is none. */
function lookAt(path: string): string {
  try {
    return readUtf8(path);
  } catch (error) {
    return `\0${error instanceof Error && 'code' in error ? String(error.code) : ''}`;
  }
}
