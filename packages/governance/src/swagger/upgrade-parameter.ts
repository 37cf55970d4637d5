import { below, shown, type JsonMap } from '../tree/json-tree.ts';
import { carried, elsewhere, kept, type Rules } from './losses.ts';
import type { SwaggerReading } from './swagger-reading.ts';

/** Members of a Swagger parameter that say of its value what schemas say now. */
const SCHEMA_MEMBERS: ReadonlySet<string> = new Set([
  'type',
  'format',
  'items',
  'default',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'enum',
  'multipleOf',
  'x-nullable',
]);

export type CollectionPlace = 'path' | 'query' | 'header' | 'formData';

interface Style {
  readonly style: string;
  readonly explode: boolean;
}

const SIMPLE: Style = { style: 'simple', explode: false };
const LISTED: Style = { style: 'form', explode: false };
const REPEATED: Style = { style: 'form', explode: true };
const SPACED: Style = { style: 'spaceDelimited', explode: false };
const PIPED: Style = { style: 'pipeDelimited', explode: false };

/** How lists are written: what is not here has no counterpart, and becomes the one of `csv`. */
const STYLES: Readonly<Record<CollectionPlace, Readonly<Record<string, Style>>>> = {
  path: { csv: SIMPLE },
  header: { csv: SIMPLE },
  query: { csv: LISTED, ssv: SPACED, pipes: PIPED, multi: REPEATED },
  formData: { csv: LISTED, ssv: SPACED, pipes: PIPED, multi: REPEATED },
};
const PLACES = ['path', 'query', 'header', 'formData'] as const;
const FALLBACK: Readonly<Record<CollectionPlace, Style>> = {
  path: SIMPLE,
  header: SIMPLE,
  query: LISTED,
  formData: LISTED,
};

export function placeOf({ in: place, name }: JsonMap): CollectionPlace | 'body' | undefined {
  if (place === 'body') return place;
  return typeof name === 'string' ? PLACES.find((each) => each === place) : undefined;
}

/** Only lists have one, and it may not be there. */
export function styleOf(
  parameter: JsonMap,
  place: CollectionPlace,
  { reading, pointer }: { readonly reading: SwaggerReading; readonly pointer: string },
): Style | undefined {
  if (parameter['type'] !== 'array') return undefined;
  const written = parameter['collectionFormat'] ?? 'csv';
  const known = STYLES[place];
  if (typeof written === 'string' && Object.hasOwn(known, written)) return known[written];
  const at = below(pointer, 'collectionFormat');
  reading.losses.name(at, `is ${shown(written)}, which has no counterpart here: values are separated by commas`);
  return FALLBACK[place];
}

/** What a parameter or a header says of its value. */
export function valueSchema(parameter: JsonMap, pointer: string, reading: SwaggerReading): JsonMap | boolean {
  const members = Object.entries(parameter).filter(([name]) => SCHEMA_MEMBERS.has(name));
  return reading.schemas.schema(Object.fromEntries(members), pointer);
}

/** For tables of what may have a value. */
export const IN_SCHEMA: Rules = Object.fromEntries(
  [...SCHEMA_MEMBERS, 'collectionFormat'].map((name) => [name, elsewhere]),
);

/** In a path, a query or a header. */
export function upgradeParameter(parameter: JsonMap, pointer: string, reading: SwaggerReading): JsonMap | undefined {
  const place = placeOf(parameter);
  if (place === undefined || place === 'body' || place === 'formData') return undefined;
  const rules: Rules = {
    ...IN_SCHEMA,
    name: kept('name', 'text'),
    in: kept('in', 'text'),
    description: kept('description', 'text'),
    required: kept('required', 'boolean'),
    allowEmptyValue:
      place === 'query' ? kept('allowEmptyValue', 'boolean') : () => 'means something in queries only, left out',
  };
  const style = styleOf(parameter, place, { reading, pointer });
  return {
    ...carried(parameter, rules, { pointer, losses: reading.losses }),
    ...(place === 'path' && { required: true }),
    ...style,
    schema: valueSchema(parameter, pointer, reading),
  };
}
