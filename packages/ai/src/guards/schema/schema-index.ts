import { KEYWORD_KINDS, OTHER_REFS } from '../../canonical/schema-keywords.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { LinearPattern } from './linear-pattern.ts';

export type Schema = JsonFields | boolean;

const DEPTH_MAX = 200;

/** What a schema refers to and the patterns in it, found once; and what in it is not understood. */
export class SchemaIndex {
  readonly problems: readonly string[];
  readonly #root: Schema;
  readonly #problems = new Set<string>();
  readonly #targets = new Map<string, Schema>();
  readonly #patterns = new Map<string, LinearPattern>();

  constructor(root: Schema) {
    this.#root = root;
    this.#walk(root, 0);
    this.problems = [...this.#problems];
  }

  target(ref: Json): Schema | undefined {
    return typeof ref === 'string' ? this.#targets.get(ref) : undefined;
  }

  pattern(source: string): LinearPattern | undefined {
    return this.#patterns.get(source);
  }

  #walk(schema: Json, depth: number): void {
    if (typeof schema === 'boolean') return;
    if (!isJsonFields(schema)) {
      this.#problems.add('a schema is neither an object nor true or false');
      return;
    }
    if (depth === DEPTH_MAX) {
      this.#problems.add(`it is nested deeper than ${DEPTH_MAX} schemas`);
      return;
    }
    for (const [keyword, value] of Object.entries(schema)) this.#keyword(keyword, value, depth);
  }

  #keyword(keyword: string, value: Json, depth: number): void {
    if (NOT_UNDERSTOOD.has(keyword)) this.#problems.add(`${keyword} is not understood`);
    else if (keyword === '$ref') this.#refer(value, depth);
    else if (keyword === 'pattern') this.#compile(value);
    else this.#inside(keyword, value, depth);
  }

  #inside(keyword: string, value: Json, depth: number): void {
    if (keyword === 'patternProperties' && isJsonFields(value))
      Object.keys(value).forEach((each) => this.#compile(each));
    const kind = KEYWORD_KINDS.get(keyword);
    if (kind === undefined) return;
    if (kind === 'schema' && !Array.isArray(value)) this.#walk(value, depth + 1);
    else if (typeof value === 'object' && value !== null) {
      for (const each of Object.values(value)) {
        // Names that another name asks for.
        if (!Array.isArray(each)) this.#walk(each, depth + 1);
      }
    }
  }

  #refer(ref: Json, depth: number): void {
    if (typeof ref !== 'string' || this.#targets.has(ref)) return;
    const target = this.#at(ref);
    if (target === undefined) {
      this.#problems.add(`$ref leads nowhere inside the schema`);
      return;
    }
    this.#targets.set(ref, target);
    this.#walk(target, depth + 1);
  }

  /** By JSON pointer (RFC 6901), or by `$anchor` in the definitions. */
  #at(ref: string): Schema | undefined {
    if (!ref.startsWith('#')) return undefined;
    if (ref === '#') return this.#root;
    const pointer = unescaped(ref.slice(1));
    if (pointer?.startsWith('/') !== true) return this.#anchored(pointer ?? '');
    let at: Json | undefined = this.#root;
    for (const step of pointer.slice(1).split('/')) at = memberOf(at, step.replaceAll('~1', '/').replaceAll('~0', '~'));
    return isJsonFields(at) || typeof at === 'boolean' ? at : undefined;
  }

  #anchored(name: string): Schema | undefined {
    const definitions = memberOf(this.#root, '$defs') ?? memberOf(this.#root, 'definitions');
    if (!isJsonFields(definitions)) return undefined;
    return Object.values(definitions).find(
      (each): each is JsonFields => isJsonFields(each) && each['$anchor'] === name,
    );
  }

  #compile(source: Json): void {
    if (typeof source !== 'string' || this.#patterns.has(source)) return;
    const pattern = LinearPattern.compile(source);
    if (pattern === undefined) this.#problems.add('a pattern is not understood, looks around or is too big');
    else this.#patterns.set(source, pattern);
  }
}

const NOT_UNDERSTOOD: ReadonlySet<string> = new Set(['unevaluatedProperties', 'unevaluatedItems', ...OTHER_REFS]);

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return new Map(Object.entries(value)).get(name);
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
