import { Losses } from '../swagger/losses.ts';
import { SchemaUpgrade } from '../swagger/upgrade-schema.ts';
import { mapOf, pointed, stepsOf, type JsonMap } from '../tree/json-tree.ts';

/** Of one operation; an agent's window is no place for more. */
const PARTS_MAX = 2000;
const DEPTH_MAX = 60;
const TEXT_CHARS_MAX = 2000;

interface Position {
  readonly depth: number;
  /** Whether names are keywords, names of properties, or part of a value. */
  readonly kind: 'schema' | 'names' | 'data';
}

const SAYS_NOTHING: ReadonlySet<string> = new Set(['examples', 'example', 'xml', 'externalDocs']);
/** What stands under a keyword where it is no schema and no list of schemas. */
const INSIDE: ReadonlyMap<string, Position['kind']> = new Map(
  Object.entries({
    properties: 'names',
    patternProperties: 'names',
    dependentSchemas: 'names',
    enum: 'data',
    const: 'data',
    default: 'data',
    discriminator: 'data',
    required: 'data',
    dependentRequired: 'data',
  } as const),
);

/** Makes schemas of a document stand alone: what they refer to comes along. */
export class InputSchemas {
  readonly #root: JsonMap;
  readonly #upgrade: SchemaUpgrade | undefined;

  constructor(root: JsonMap) {
    this.#root = root;
    const { openapi } = root;
    const is30 = typeof openapi === 'string' && /^3\.0(?:\.|$)/.test(openapi);
    this.#upgrade = is30 ? new SchemaUpgrade({ losses: new Losses(), reference: (written) => written }) : undefined;
  }

  /** For one operation. */
  bundle(): SchemaBundle {
    return new SchemaBundle(this);
  }

  /** As JSON Schema 2020-12. */
  current(schema: unknown): unknown {
    return this.#upgrade === undefined || mapOf(schema) === undefined ? schema : this.#upgrade.schema(schema, '');
  }

  referred(reference: string): unknown {
    return reference.startsWith('#') ? pointed(this.#root, reference.slice(1)) : undefined;
  }
}

export class SchemaBundle {
  readonly #schemas: InputSchemas;
  /** By what was written. */
  readonly #names = new Map<string, string>();
  readonly #definitions = new Map<string, unknown>();
  readonly #left: string[] = [];
  #parts = 0;
  #cut = false;

  constructor(schemas: InputSchemas) {
    this.#schemas = schemas;
  }

  get cut(): boolean {
    return this.#cut;
  }

  /** Of what is not there: any value will do. */
  schema(written: unknown): unknown {
    if (typeof written === 'boolean') return written;
    return mapOf(written) === undefined
      ? {}
      : this.#copied(this.#schemas.current(written), { depth: 0, kind: 'schema' });
  }

  /** All that was referred to, and what that refers to. */
  definitions(): JsonMap {
    for (let reference = this.#left.pop(); reference !== undefined; reference = this.#left.pop()) {
      const name = this.#names.get(reference);
      if (name !== undefined) this.#definitions.set(name, this.schema(this.#schemas.referred(reference)));
    }
    return this.#definitions.size === 0 ? {} : { $defs: Object.fromEntries(this.#definitions) };
  }

  #copied(value: unknown, at: Position): unknown {
    this.#parts++;
    if (typeof value === 'string') return value.length > TEXT_CHARS_MAX ? `${value.slice(0, TEXT_CHARS_MAX)}…` : value;
    if (typeof value !== 'object' || value === null) return value;
    if (at.depth > DEPTH_MAX || this.#isFull()) {
      this.#cut = true;
      return {};
    }
    if (!Array.isArray(value)) return this.#map(value, at);
    const items: unknown[] = [];
    for (const item of value) {
      if (this.#isFull()) break;
      items.push(this.#copied(item, { ...at, depth: at.depth + 1 }));
    }
    return items;
  }

  #map(map: object, { depth, kind }: Position): JsonMap {
    const members: (readonly [string, unknown])[] = [];
    for (const [name, member] of Object.entries(map)) {
      if (this.#isFull()) break;
      // Examples and extensions say nothing of what is allowed.
      if (kind === 'schema' && (name.startsWith('x-') || SAYS_NOTHING.has(name))) continue;
      const isReference = kind === 'schema' && name === '$ref' && typeof member === 'string';
      const inner = kind === 'schema' ? (INSIDE.get(name) ?? 'schema') : kind === 'names' ? 'schema' : 'data';
      const copy = isReference ? this.#reference(member) : this.#copied(member, { depth: depth + 1, kind: inner });
      members.push([name, copy]);
    }
    return Object.fromEntries(members);
  }

  #isFull(): boolean {
    if (this.#parts <= PARTS_MAX) return false;
    this.#cut = true;
    return true;
  }

  #reference(written: string): string {
    const known = this.#names.get(written);
    const name = known ?? this.#free(stepsOf(written).at(-1) ?? '');
    if (known === undefined) {
      this.#names.set(written, name);
      this.#left.push(written);
      // Whatever becomes of it, it is there.
      this.#definitions.set(name, {});
    }
    return `#/$defs/${name}`;
  }

  #free(wanted: string): string {
    const base = wanted.replaceAll(/[^A-Za-z0-9._-]+/g, '_').slice(0, 100);
    const name = base === '' || base === '__proto__' ? 'schema' : base;
    if (!this.#definitions.has(name)) return name;
    let number = this.#definitions.size;
    while (this.#definitions.has(`${name}_${number}`)) number++;
    return `${name}_${number}`;
  }
}
