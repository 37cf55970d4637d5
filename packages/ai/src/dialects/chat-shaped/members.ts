import { Untranslatable } from '../../canonical/loss.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';

/**
 * The members of one object that a caller wrote. What is read is checked, and refused by the name it has in the request;
 * what is never asked for is known in the end. `null` stands for absent, as callers' SDKs use it (reference T42).
 */
export class Members {
  readonly #fields: JsonFields;
  readonly #path: string;
  readonly #unread: Set<string>;

  constructor(fields: JsonFields, path = '') {
    this.#fields = fields;
    this.#path = path;
    this.#unread = new Set(Object.keys(fields));
  }

  value(name: string): Json | undefined {
    this.#unread.delete(name);
    return Object.hasOwn(this.#fields, name) ? (this.#fields[name] ?? undefined) : undefined;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    return value === undefined || typeof value === 'string' ? value : this.refuse(name, 'must be a string');
  }

  /** A string that says something. */
  name(name: string): string {
    const text = this.text(name);
    return text === undefined || text === '' ? this.refuse(name, 'must be a non-empty string') : text;
  }

  flag(name: string): boolean | undefined {
    const value = this.value(name);
    return value === undefined || typeof value === 'boolean' ? value : this.refuse(name, 'must be true or false');
  }

  number(name: string): number | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : (numberOf(value) ?? this.refuse(name, 'must be a number'));
  }

  /** A whole number from `min`. */
  count(name: string, min = 0): number | undefined {
    const number = this.number(name);
    if (number === undefined || (Number.isInteger(number) && number >= min)) return number;
    return this.refuse(name, `must be a whole number from ${min}`);
  }

  list(name: string): readonly Json[] | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : (listOf(value) ?? this.refuse(name, 'must be an array'));
  }

  fields(name: string): JsonFields | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : (fieldsOf(value) ?? this.refuse(name, 'must be an object'));
  }

  /** The members of an object inside. */
  inside(name: string): Members | undefined {
    const fields = this.fields(name);
    return fields && new Members(fields, this.path(name));
  }

  /** The objects of a list. */
  each(name: string): readonly Members[] {
    return (this.list(name) ?? []).map((item, at) => {
      const fields = fieldsOf(item);
      return fields === undefined
        ? this.refuse(`${name}[${at}]`, 'must be an object')
        : new Members(fields, `${this.path(name)}[${at}]`);
    });
  }

  path(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  refuse(name: string, what: string): never {
    const path = this.path(name);
    throw new Untranslatable(`'${path}' ${what}.`, path);
  }

  /** What was never asked for and is not null, verbatim. */
  rest(): JsonFields {
    const unread = [...this.#unread].map((name) => [name, this.#fields[name] ?? null] as const);
    return Object.fromEntries(unread.filter(([, value]) => value !== null));
  }
}

export function fieldsOf(value: Json | undefined): JsonFields | undefined {
  return isJsonFields(value) && !isLongNumber(value) ? value : undefined;
}

export function listOf(value: Json | undefined): readonly Json[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** Also of a number that the exact parser kept as text, such as a temperature of 0.30000000000000004. */
export function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (!isJsonFields(value) || !isLongNumber(value)) return undefined;
  const number = Number(value['rawJSON']);
  return Number.isFinite(number) ? number : undefined;
}

/** `JSON.rawJSON` makes objects without a prototype, which no text can. */
function isLongNumber(value: JsonFields): boolean {
  return Object.getPrototypeOf(value) === null;
}
