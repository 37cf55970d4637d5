import { below, mapOf, type JsonMap } from '../tree/json-tree.ts';
import { carried, elsewhere, isNot, kept, type Rules } from './losses.ts';
import { contentOf, JSON_TYPE, withExamples } from './media-types.ts';
import type { SwaggerReading } from './swagger-reading.ts';
import { IN_SCHEMA, styleOf, valueSchema } from './upgrade-parameter.ts';

/** `produces`: what the operation or the document answers with. */
export function upgradeResponse(
  { response, pointer }: { readonly response: JsonMap; readonly pointer: string },
  produces: readonly string[] | undefined,
  reading: SwaggerReading,
): JsonMap {
  return reading.once(response, produces, () => upgraded({ response, pointer }, produces, reading));
}

function upgraded(
  { response, pointer }: { readonly response: JsonMap; readonly pointer: string },
  produces: readonly string[] | undefined,
  reading: SwaggerReading,
): JsonMap {
  const rules: Rules = {
    description: kept('description', 'text'),
    schema: elsewhere,
    examples: (value) => (mapOf(value) === undefined ? isNot('map') : {}),
    headers: (value, at) => headersOf(value, at, reading),
  };
  const said = carried(response, rules, { pointer, losses: reading.losses });
  const { schema, examples } = response;
  const read = schema === undefined ? undefined : reading.schemas.schema(schema, below(pointer, 'schema'));
  const types = produces ?? [mapOf(schema)?.['type'] === 'file' ? 'application/octet-stream' : JSON_TYPE];
  const written = read === undefined ? {} : contentOf(types, { schema: read });
  const content = withExamples(written, examples, read);
  return { description: '', ...said, ...(Object.keys(content).length > 0 && { content }) };
}

function headersOf(value: unknown, pointer: string, reading: SwaggerReading): JsonMap | string {
  const map = mapOf(value);
  if (map === undefined) return isNot('map');
  const headers = Object.entries(map).flatMap(([name, written]) => {
    const header = mapOf(written);
    const at = below(pointer, name);
    if (header !== undefined) return [[name, headerOf(header, at, reading)] as const];
    reading.losses.name(at, isNot('map'));
    return [];
  });
  return { headers: Object.fromEntries(headers) };
}

const HEADER_RULES: Rules = { ...IN_SCHEMA, description: kept('description', 'text') };

function headerOf(header: JsonMap, pointer: string, reading: SwaggerReading): JsonMap {
  return {
    ...carried(header, HEADER_RULES, { pointer, losses: reading.losses }),
    ...styleOf(header, 'header', { reading, pointer }),
    schema: valueSchema(header, pointer, reading),
  };
}
