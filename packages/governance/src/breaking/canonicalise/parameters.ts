import { fieldOf, isObject, listOf, objectOf, textOf, type RawObject } from './raw-value.ts';
import type { References } from './references.ts';
import { pathNames, type Operation } from './paths.ts';

export interface Parameter {
  /** As a change names it. */
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: unknown;
  /** Media type → schema, of those that have `content`. */
  readonly content: unknown;
  readonly style: string;
  readonly explode: boolean;
  readonly allowReserved: boolean;
  readonly deprecated: boolean;
  readonly sunset: string | undefined;
}

/** Fields that say how a message is carried, and are described elsewhere. */
const NOT_PARAMETERS: ReadonlySet<string> = new Set(['header:accept', 'header:content-type', 'header:authorization']);
const STYLES: Readonly<Record<string, string>> = { query: 'form', cookie: 'form', path: 'simple', header: 'simple' };

/** `in:name` → parameter; those of a path by their place in it, since callers do not see the names. */
export function parametersOf({ raw, item, path }: Operation, references: References): ReadonlyMap<string, Parameter> {
  const places = new Map(pathNames(path).map((name, index) => [name, `path:${index + 1}`]));
  const parameters = new Map<string, Parameter>();
  for (const written of [...listOf(item['parameters']), ...listOf(raw['parameters'])]) {
    const parameter = references.resolve(written);
    const [name, where] = [textOf(fieldOf(parameter, 'name')), textOf(fieldOf(parameter, 'in'))];
    if (!isObject(parameter) || name === undefined || where === undefined) continue;
    const plain = `${where}:${where === 'header' ? name.toLowerCase() : name}`;
    if (NOT_PARAMETERS.has(plain)) continue;
    parameters.set(where === 'path' ? (places.get(name) ?? plain) : plain, parameterOf(parameter, { name, where }));
  }
  return parameters;
}

function parameterOf(raw: RawObject, { name, where }: Readonly<{ name: string; where: string }>): Parameter {
  const style = textOf(raw['style']) ?? STYLES[where] ?? 'form';
  const explode = raw['explode'];
  return {
    name,
    in: where,
    required: raw['required'] === true || where === 'path',
    schema: raw['schema'],
    content: raw['content'],
    style,
    explode: typeof explode === 'boolean' ? explode : style === 'form',
    allowReserved: raw['allowReserved'] === true,
    deprecated: raw['deprecated'] === true,
    sunset: textOf(raw['x-sunset']),
  };
}

/** Lower-case name → header of a response. */
export function headersOf(response: unknown, references: References): ReadonlyMap<string, Parameter> {
  const headers = new Map<string, Parameter>();
  for (const [name, written] of Object.entries(objectOf(fieldOf(response, 'headers')))) {
    const header = objectOf(references.resolve(written));
    if (name.toLowerCase() !== 'content-type')
      headers.set(name.toLowerCase(), parameterOf(header, { name, where: 'header' }));
  }
  return headers;
}
