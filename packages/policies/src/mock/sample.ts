import { mapOf, type OpenApiDocument, type Part } from '../openapi-document.ts';

const DEPTH_MAX = 12;
/** Values in one sample: schemas that lead to several others, each to several more, would make millions. */
const VALUES_MAX = 2000;

/**
 * A value that fits a schema, as far as one can be made without search: its own example, else its default, `const` or
 * first `enum`, else the least that its type, bounds and format allow. `undefined`: none can be made.
 */
export function sampleOf(document: OpenApiDocument, schema: Part): unknown {
  return new Sampler(document).of(schema, 0);
}

class Sampler {
  readonly #document: OpenApiDocument;
  /** Inside of which we are: a schema inside itself is left out. */
  readonly #open = new Set<string>();
  #left = VALUES_MAX;

  constructor(document: OpenApiDocument) {
    this.#document = document;
  }

  of(schema: Part, depth: number): unknown {
    const part = this.#document.followed(schema);
    const map = mapOf(part.value);
    if (map === undefined) return part.value === false ? undefined : null;
    const given = givenIn(map);
    if (given !== undefined) return given.value;
    const key = `${part.file}#${part.pointer}`;
    if (depth >= DEPTH_MAX || this.#open.has(key) || --this.#left < 0) return undefined;
    this.#open.add(key);
    const value = this.#made(part, depth);
    this.#open.delete(key);
    return value;
  }

  #made(part: Part, depth: number): unknown {
    const map = mapOf(part.value) ?? {};
    const all = (key: string): readonly Part[] => this.#document.items(this.#document.at(part, key));
    if (Array.isArray(map['allOf'])) {
      return merged(
        all('allOf').map((each) => this.of(each, depth + 1)),
        this.#own(part, depth),
      );
    }
    for (const key of ['oneOf', 'anyOf'] as const) {
      if (!Array.isArray(map[key]) || map['properties'] !== undefined) continue;
      // Of a tree the branch that ends.
      const made = all(key).map((each) => ({ each, value: this.of(each, depth + 1) }));
      return (made.find(({ each, value }) => this.#isWhole(each, value)) ?? made[0])?.value;
    }
    return this.#own(part, depth);
  }

  #isWhole(schema: Part, value: unknown): boolean {
    const required = mapOf(this.#document.followed(schema).value)?.['required'];
    const members = mapOf(value);
    if (!Array.isArray(required) || members === undefined) return value !== undefined;
    return required.every((name) => typeof name === 'string' && Object.hasOwn(members, name));
  }

  /** Of the type alone. */
  #own(part: Part, depth: number): unknown {
    const map = mapOf(part.value) ?? {};
    const type = typeIn(map);
    if (type === 'object') return this.#object(part, depth);
    if (type === 'array') return this.#array(part, depth);
    if (type === 'string') return textSample(map);
    if (type === 'integer' || type === 'number') return numberSample(map, type === 'integer');
    return type === 'boolean' ? true : null;
  }

  /** All properties that can be made; one that would never end is left out. */
  #object(part: Part, depth: number): unknown {
    const members = this.#document.members(this.#document.at(part, 'properties'));
    const found = members.flatMap(([name, schema]) => {
      if (mapOf(this.#document.followed(schema).value)?.['writeOnly'] === true) return [];
      const value = this.of(schema, depth + 1);
      return value === undefined ? [] : [[name, value] as const];
    });
    return Object.fromEntries(found);
  }

  #array(part: Part, depth: number): unknown {
    const map = mapOf(part.value) ?? {};
    const document = this.#document;
    const first = document.items(document.at(part, 'prefixItems')).map((each) => this.of(each, depth + 1));
    const wanted = Math.min(20, Math.max(1, countIn(map['minItems']) - first.length));
    const before = this.#left;
    const items = map['items'] === undefined ? undefined : this.of(document.at(part, 'items'), depth + 1);
    // The others are as large as the first.
    this.#left -= (before - this.#left) * (wanted - 1);
    const rest = items === undefined || map['maxItems'] === 0 ? [] : Array.from({ length: wanted }, () => items);
    return this.#left < 0 ? first : [...first, ...rest];
  }
}

function givenIn(map: Readonly<Record<string, unknown>>): { readonly value: unknown } | undefined {
  if (map['example'] !== undefined) return { value: map['example'] };
  const lists = [map['examples'], map['enum']];
  for (const list of lists) if (Array.isArray(list) && list.length > 0) return { value: list[0] };
  for (const key of ['const', 'default']) if (map[key] !== undefined) return { value: map[key] };
  return undefined;
}

/** Of several the first that is more than null; where none is written, the one that the other words are about. */
function typeIn(map: Readonly<Record<string, unknown>>): unknown {
  const { type } = map;
  if (Array.isArray(type)) return type.find((each) => each !== 'null');
  if (type !== undefined) return type;
  return map['properties'] !== undefined ? 'object' : map['items'] !== undefined ? 'array' : undefined;
}

function merged(parts: readonly unknown[], last: unknown): unknown {
  const maps = [...parts, last].map(mapOf).filter((map) => map !== undefined);
  return maps.length === 0
    ? (parts.find((each) => each !== null) ?? last)
    : Object.fromEntries(maps.flatMap((map) => Object.entries(map)));
}

function countIn(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

const TEXTS: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  time: '12:00:00Z',
  duration: 'PT1H',
  email: 'ada@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uuid: '3fa85f64-5717-4562-b3fc-2c963f66afa6',
  uri: 'https://example.com/',
  'uri-reference': '/',
  byte: 'Z2F0ZQ==',
};

function textSample(map: Readonly<Record<string, unknown>>): string {
  const { format, minLength, maxLength } = map;
  const text = (typeof format === 'string' && Object.hasOwn(TEXTS, format) ? TEXTS[format] : undefined) ?? 'string';
  const longEnough = text.padEnd(Math.min(10_000, countIn(minLength)), 'x');
  return typeof maxLength === 'number' ? longEnough.slice(0, maxLength) : longEnough;
}

function numberSample(map: Readonly<Record<string, unknown>>, whole: boolean): number {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = map;
  const step = typeof multipleOf === 'number' && multipleOf > 0 ? multipleOf : 1;
  const above =
    typeof exclusiveMinimum === 'number'
      ? exclusiveMinimum + (whole || multipleOf !== undefined ? step : 0.5)
      : undefined;
  const least = Math.max(
    ...[minimum, above].filter((each) => typeof each === 'number'),
    exclusiveMinimum === true ? countIn(minimum) + step : -Infinity,
  );
  if (Number.isFinite(least)) return Math.ceil(least / step) * step;
  const below =
    typeof exclusiveMaximum === 'number'
      ? exclusiveMaximum - step
      : exclusiveMaximum === true
        ? countIn(maximum) - step
        : undefined;
  const most = Math.min(...[maximum, below].filter((each) => typeof each === 'number'));
  return Number.isFinite(most) && most < 0 ? Math.floor(most / step) * step : 0;
}
