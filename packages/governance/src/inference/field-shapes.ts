import type { JsonMap } from '../tree/json-tree.ts';
import { WrittenShape } from './text-shape.ts';
import { SEEN_MIN } from './value-shape.ts';

const FIELDS_MAX = 100;

interface Field {
  readonly shape: WrittenShape;
  seen: number;
  isList: boolean;
}

/** What queries, or forms, have in common. */
export class FieldShapes {
  readonly #fields = new Map<string, Field>();
  #count = 0;

  /** False: it cannot be read. */
  add(text: string): boolean {
    const pairs = pairsOf(text.startsWith('?') ? text.slice(1) : text);
    this.#count++;
    for (const [name, values] of pairs ?? []) {
      const known = this.#fields.get(name);
      if (known === undefined && this.#fields.size >= FIELDS_MAX) continue;
      const field = known ?? { shape: new WrittenShape(), seen: 0, isList: false };
      this.#fields.set(name, field);
      field.seen++;
      field.isList ||= values.length > 1;
      for (const value of values) field.shape.add(value);
    }
    return pairs !== undefined;
  }

  parameters(): readonly JsonMap[] {
    return [...this.#fields].map(([name, field]) => ({
      name,
      in: 'query',
      ...(this.#isRequired(field) && { required: true }),
      schema: schemaOf(field),
    }));
  }

  objectSchema(): JsonMap {
    const fields = [...this.#fields];
    const required = fields.filter(([, field]) => this.#isRequired(field)).map(([name]) => name);
    return {
      type: 'object',
      properties: Object.fromEntries(fields.map(([name, field]) => [name, schemaOf(field)])),
      ...(required.length > 0 && { required }),
    };
  }

  #isRequired({ seen }: Field): boolean {
    return seen === this.#count && seen >= SEEN_MIN;
  }
}

function schemaOf({ shape, isList }: Field): JsonMap {
  return isList ? { type: 'array', items: shape.schema() } : shape.schema();
}

/** Undefined: its encoding is broken. */
function pairsOf(text: string): ReadonlyMap<string, readonly string[]> | undefined {
  const found = new Map<string, string[]>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals));
    const value = decoded(equals < 0 ? '' : pair.slice(equals + 1));
    if (name === undefined || value === undefined) return undefined;
    if (name === '') continue;
    const values = found.get(name) ?? [];
    values.push(value);
    found.set(name, values);
  }
  return found;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
