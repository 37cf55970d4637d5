import { isJsonFields, type Json, type JsonFields } from './json.ts';

/**
 * What the `$ref`s of a schema refer to inside it. A few lines of references to references would grow without bound
 * when they are written out, so what is handed out is counted, and at the limit nothing refers to anything any more.
 */
export class SchemaRefs {
  readonly #root: JsonFields;
  #charsLeft = EXPANDED_CHARS_MAX;

  constructor(root: JsonFields) {
    this.#root = root;
  }

  target(ref: Json): JsonFields | undefined {
    if (typeof ref !== 'string' || !ref.startsWith('#') || this.#charsLeft <= 0) return undefined;
    const target = this.#at(ref.slice(1));
    const schema = target === undefined ? undefined : asSchema(target);
    if (schema === undefined) return undefined;
    this.#charsLeft -= charsOf(schema, this.#charsLeft);
    return this.#charsLeft <= 0 ? undefined : schema;
  }

  /** By JSON pointer (RFC 6901) in a URI's fragment. */
  #at(pointer: string): Json | undefined {
    if (pointer === '') return this.#root;
    const [before, ...steps] = unescapedUri(pointer)?.split('/') ?? [];
    if (before !== '') return undefined;
    let at: Json | undefined = this.#root;
    for (const step of steps) at = member(at, step.replaceAll('~1', '/').replaceAll('~0', '~'));
    return at;
  }
}

/** A schema that is true takes anything, and one that is false takes nothing. */
export function asSchema(value: Json): JsonFields | undefined {
  if (isJsonFields(value)) return value;
  if (typeof value !== 'boolean') return undefined;
  return value ? {} : { not: {} };
}

const EXPANDED_CHARS_MAX = 1024 * 1024;
/** What a value costs beside its text. */
const VALUE_CHARS = 8;

function unescapedUri(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function member(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return new Map(Object.entries(value)).get(name);
}

/** About as long as its JSON; stops counting at `max`. Without recursion, as strangers choose how deep it goes. */
function charsOf(schema: JsonFields, max: number): number {
  let chars = 0;
  const waiting: Json[] = [schema];
  for (let value = waiting.pop(); value !== undefined && chars < max; value = waiting.pop()) {
    chars += VALUE_CHARS;
    if (typeof value === 'string') chars += value.length;
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, inner] of Object.entries(value)) {
      if (!Array.isArray(value)) chars += name.length;
      waiting.push(inner);
    }
  }
  return chars;
}
