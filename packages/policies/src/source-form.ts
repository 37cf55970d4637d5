import type { TSchema } from 'typebox';

/**
 * The schema of what people write: TypeBox requires what has a default, because it is always there once the config is
 * complete, but nobody has to write it. Only objects within objects are visited; policies hold no other nesting.
 */
export function sourceForm(schema: TSchema): TSchema {
  if (!isObjectSchema(schema)) return schema;
  const properties = Object.fromEntries(
    Object.entries(schema.properties).map(([key, part]) => [key, sourceForm(part)]),
  );
  const required = schema.required.filter((key) => !Object.hasOwn(schema.properties[key] ?? {}, 'default'));
  return { ...schema, properties, required };
}

interface ObjectSchema {
  readonly properties: Readonly<Record<string, TSchema>>;
  readonly required: readonly string[];
}

function isObjectSchema(schema: TSchema): schema is TSchema & ObjectSchema {
  return 'properties' in schema && 'required' in schema;
}
