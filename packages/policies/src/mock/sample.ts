import { mapOf, type OpenApiDocument, type Part } from '../openapi-document.ts';

const DEPTH_MAX = 12;

/**
 * A value that fits a schema, as far as one can be made without search: its own example, else its default, `const` or
 * first `enum`, else the least that its type, bounds and format allow. `undefined`: none can be made.
 */
export function sampleOf(document: OpenApiDocument, schema: Part, depth = 0): unknown {
  const part = document.followed(schema);
  const map = mapOf(part.value);
  if (map === undefined) return part.value === false ? undefined : null;
  const given = givenIn(map);
  if (given !== undefined) return given.value;
  if (depth >= DEPTH_MAX) return undefined;
  const inner = (...keys: readonly (string | number)[]): unknown =>
    sampleOf(document, document.at(part, ...keys), depth + 1);
  if (Array.isArray(map['allOf']))
    return merged(
      [...map['allOf'].keys()].map((index) => inner('allOf', index)),
      own(document, part, depth),
    );
  for (const key of ['oneOf', 'anyOf'] as const)
    if (Array.isArray(map[key]) && map['properties'] === undefined) return inner(key, 0);
  return own(document, part, depth);
}

function givenIn(map: Readonly<Record<string, unknown>>): { readonly value: unknown } | undefined {
  if (map['example'] !== undefined) return { value: map['example'] };
  const lists = [map['examples'], map['enum']];
  for (const list of lists) if (Array.isArray(list) && list.length > 0) return { value: list[0] };
  for (const key of ['const', 'default']) if (map[key] !== undefined) return { value: map[key] };
  return undefined;
}

/** Of the type alone. */
function own(document: OpenApiDocument, part: Part, depth: number): unknown {
  const map = mapOf(part.value) ?? {};
  const type = typeIn(map);
  if (type === 'object') return objectSample(document, part, depth);
  if (type === 'array') return arraySample(document, part, depth);
  if (type === 'string') return textSample(map);
  if (type === 'integer' || type === 'number') return numberSample(map, type === 'integer');
  return type === 'boolean' ? true : null;
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

/** All properties that can be made; one that would never end is left out, where it may be. */
function objectSample(document: OpenApiDocument, part: Part, depth: number): unknown {
  const members = document.members(document.at(part, 'properties'));
  const found = members.flatMap(([name, schema]) => {
    if (mapOf(document.followed(schema).value)?.['writeOnly'] === true) return [];
    const value = sampleOf(document, schema, depth + 1);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}

function arraySample(document: OpenApiDocument, part: Part, depth: number): unknown {
  const map = mapOf(part.value) ?? {};
  const first = document.items(document.at(part, 'prefixItems')).map((each) => sampleOf(document, each, depth + 1));
  const items = map['items'] === undefined ? undefined : sampleOf(document, document.at(part, 'items'), depth + 1);
  const wanted = Math.min(20, Math.max(1, countIn(map['minItems']) - first.length));
  const rest = items === undefined || map['maxItems'] === 0 ? [] : Array.from({ length: wanted }, () => items);
  return [...first, ...rest];
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
