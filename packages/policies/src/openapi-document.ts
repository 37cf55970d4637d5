import { dirname, isAbsolute, join, relative } from 'node:path/posix';
import { parse } from 'yaml';

/** A part of a document, and where it stands. */
export interface Part {
  readonly value: unknown;
  readonly file: string;
  /** JSON Pointer. */
  readonly pointer: string;
}

/** What is wrong with a document: the predicate of a sentence that ends with where. */
export class DocumentProblem extends Error {
  constructor(why: string, { file, pointer }: Pick<Part, 'file' | 'pointer'>) {
    super(`${why} (${file}#${pointer})`);
  }
}

export type JsonMap = Readonly<Record<string, unknown>>;

export function mapOf(value: unknown): JsonMap | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}

interface DocumentSource {
  readonly file: string;
  readonly text: string;
  /** Of other files; names are relative to the same folder as `file`. */
  readonly readText: (file: string) => string;
}

const CHAIN_MAX = 32;
const FILES_MAX = 200;

/**
 * An OpenAPI document with the files that it refers to. For whoever reads configurations; workers get what was made of
 * it. Everything throws `DocumentProblem`s.
 */
export class OpenApiDocument {
  /** 3.0 has a schema language of its own, 3.1 and later that of JSON Schema 2020-12. */
  readonly dialect: '3.0' | '2020-12';
  readonly root: Part;
  readonly #source: DocumentSource;
  readonly #files = new Map<string, unknown>();
  readonly #anchors = new Map<string, ReadonlyMap<string, Part>>();

  constructor(source: DocumentSource) {
    this.#source = source;
    this.root = { value: this.#parsed(source.file, source.text), file: source.file, pointer: '' };
    this.dialect = this.#dialect();
  }

  #dialect(): '3.0' | '2020-12' {
    const { openapi, swagger } = mapOf(this.root.value) ?? {};
    if (typeof openapi === 'string' && /^3\.0(?:\.|$)/.test(openapi)) return '3.0';
    if (typeof openapi === 'string' && /^3\.[12](?:\.|$)/.test(openapi)) return '2020-12';
    const found =
      swagger === undefined ? 'is not of OpenAPI 3.0, 3.1 or 3.2' : 'is of OpenAPI 2.0, convert it to 3.0 or later';
    throw new DocumentProblem(found, this.root);
  }

  #parsed(file: string, text: string): unknown {
    // YAML 1.2 contains JSON, but not every text that begins with a brace is JSON.
    const value = (/^\s*\{/.test(text) ? parsedBy(JSON.parse, text) : undefined) ?? parsedBy(parsedYaml, text);
    if (value === undefined) throw new DocumentProblem('is neither YAML nor JSON', { file, pointer: '' });
    this.#files.set(file, value);
    return value;
  }

  #file(file: string, from: Part): unknown {
    if (this.#files.has(file)) return this.#files.get(file);
    if (!this.#isNear(file)) {
      const where = 'which is outside of the folders of the document and of the configuration';
      throw new DocumentProblem(`refers to ${JSON.stringify(file)}, ${where}`, from);
    }
    if (this.#files.size >= FILES_MAX) throw new DocumentProblem(`refers to more than ${FILES_MAX} files`, from);
    let text: string;
    try {
      text = this.#source.readText(file);
    } catch {
      throw new DocumentProblem(`refers to ${JSON.stringify(file)}, which cannot be read`, from);
    }
    return this.#parsed(file, text);
  }

  /** A document of somebody else must not choose what is read of the machine, and shown as an example. */
  #isNear(file: string): boolean {
    const folder = dirname(this.#source.file);
    return folder === '.' || !/^(?:\/|\.\.)/.test(folder) ? isInside('.', file) : isInside(folder, file);
  }

  at(part: Part, ...keys: readonly (string | number)[]): Part {
    let { value, pointer } = part;
    for (const key of keys) {
      value = childOf(value, String(key));
      pointer += `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
    }
    return { value, file: part.file, pointer };
  }

  /** Members of a map, or none of what is not there. */
  members(part: Part): readonly (readonly [string, Part])[] {
    if (part.value === undefined) return [];
    const map = mapOf(part.value);
    if (map === undefined) throw new DocumentProblem('is no map', part);
    return Object.keys(map).map((key) => [key, this.at(part, key)]);
  }

  items(part: Part): readonly Part[] {
    if (part.value === undefined) return [];
    if (!Array.isArray(part.value)) throw new DocumentProblem('is no list', part);
    return part.value.map((_, index) => this.at(part, index));
  }

  /** The part itself, or what it refers to. */
  followed(part: Part): Part {
    let found = part;
    for (let i = 0; i < CHAIN_MAX; i++) {
      const reference = mapOf(found.value)?.['$ref'];
      if (reference === undefined) return found;
      found = this.referred(reference, found);
    }
    throw new DocumentProblem('refers to itself', part);
  }

  referred(reference: unknown, from: Part): Part {
    if (typeof reference !== 'string') throw new DocumentProblem('has a `$ref` that is no text', from);
    const hash = reference.indexOf('#');
    const name = hash < 0 ? reference : reference.slice(0, hash);
    const fragment = hash < 0 ? '' : reference.slice(hash + 1);
    if (/^[a-z][a-z0-9+.-]*:/i.test(name)) {
      throw new DocumentProblem(
        `refers to the URL ${JSON.stringify(reference)}, which is not fetched: keep a copy in a file`,
        from,
      );
    }
    const file = name === '' ? from.file : join(dirname(from.file), decoded(name));
    const top: Part = { value: this.#file(file, from), file, pointer: '' };
    const found =
      fragment === '' || fragment.startsWith('/') ? this.#pointed(top, fragment) : this.#anchored(top, fragment);
    if (found?.value === undefined)
      throw new DocumentProblem(`refers to ${JSON.stringify(reference)}, which is not there`, from);
    return found;
  }

  #pointed(top: Part, pointer: string): Part {
    const keys = pointer.split('/').slice(1);
    return this.at(top, ...keys.map((key) => decoded(key).replaceAll('~1', '/').replaceAll('~0', '~')));
  }

  #anchored(top: Part, name: string): Part | undefined {
    let anchors = this.#anchors.get(top.file);
    if (anchors === undefined) {
      anchors = anchorsIn(top);
      this.#anchors.set(top.file, anchors);
    }
    return anchors.get(name);
  }
}

function parsedYaml(text: string): unknown {
  return parse(text, { schema: 'core', maxAliasCount: 1000, logLevel: 'error' });
}

/** Undefined: it cannot be read, or is empty. */
function parsedBy(read: (text: string) => unknown, text: string): unknown {
  try {
    return read(text) ?? undefined;
  } catch {
    return undefined;
  }
}

function isInside(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return path !== '..' && !path.startsWith('../') && !isAbsolute(path);
}

function childOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  const child: unknown = Reflect.get(value, key);
  return child;
}

function anchorsIn(top: Part): ReadonlyMap<string, Part> {
  const found = new Map<string, Part>();
  const left: Part[] = [top];
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    const { value, file, pointer } = part;
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, child] of Object.entries(value)) {
      if ((key === '$anchor' || key === '$dynamicAnchor') && typeof child === 'string') found.set(child, part);
      else left.push({ value: child, file, pointer: `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}` });
    }
  }
  return found;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
