import { below, type JsonMap } from '../tree/json-tree.ts';
import { carried, elsewhere, kept, type Rules } from './losses.ts';
import { contentOf, formTypesOf, JSON_TYPE } from './media-types.ts';
import type { SwaggerReading } from './swagger-reading.ts';
import { IN_SCHEMA, styleOf, valueSchema } from './upgrade-parameter.ts';

/** A parameter, and where it is written. */
export interface Written {
  readonly parameter: JsonMap;
  readonly pointer: string;
  /** Where it is shared with others. */
  readonly $ref?: string;
}

const BODY_RULES: Rules = {
  name: elsewhere,
  in: elsewhere,
  schema: elsewhere,
  description: kept('description', 'text'),
  required: kept('required', 'boolean'),
};
const FIELD_RULES: Rules = {
  ...IN_SCHEMA,
  name: elsewhere,
  in: elsewhere,
  required: kept('required', 'boolean'),
  description: kept('description', 'text'),
  allowEmptyValue: () => 'has no counterpart in forms, left out',
};

export function upgradeBody(
  { parameter, pointer }: Written,
  consumes: readonly string[] | undefined,
  reading: SwaggerReading,
): JsonMap {
  return reading.once(parameter, consumes, () => {
    const said = carried(parameter, BODY_RULES, { pointer, losses: reading.losses });
    const { schema } = parameter;
    const media = schema === undefined ? {} : { schema: reading.schemas.schema(schema, below(pointer, 'schema')) };
    return { ...said, content: contentOf(consumes ?? [JSON_TYPE], media) };
  });
}

/** The fields of a form are the properties of one schema. */
export function upgradeForm(
  fields: readonly Written[],
  consumes: readonly string[] | undefined,
  reading: SwaggerReading,
): JsonMap {
  const properties = new Map<string, unknown>();
  const encoding = new Map<string, unknown>();
  const required = new Set<string>();
  for (const field of fields) {
    const name = String(field.parameter['name']);
    properties.set(name, fieldOf(field, reading));
    if (field.parameter['required'] === true) required.add(name);
    const style = styleOf(field.parameter, 'formData', { reading, pointer: field.pointer });
    if (style !== undefined) encoding.set(name, style);
  }
  const schema = {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.size > 0 && { required: [...required] }),
  };
  const hasFile = fields.some(({ parameter }) => parameter['type'] === 'file');
  const media = { schema, ...(encoding.size > 0 && { encoding: Object.fromEntries(encoding) }) };
  return { ...(required.size > 0 && { required: true }), content: contentOf(formTypesOf(consumes, hasFile), media) };
}

function fieldOf({ parameter, pointer }: Written, reading: SwaggerReading): JsonMap {
  return reading.once(parameter, undefined, () => {
    const { required: _, ...said } = carried(parameter, FIELD_RULES, { pointer, losses: reading.losses });
    const schema = valueSchema(parameter, pointer, reading);
    return typeof schema === 'boolean' ? said : { ...schema, ...said };
  });
}
