import type { TSchema } from 'typebox';

/** The keywords of JSON Schema that reading goes by; what else a schema holds is left to TypeBox's own check. */
export interface SchemaView extends TSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly SchemaView[];
  readonly properties?: Readonly<Record<string, SchemaView>>;
  readonly patternProperties?: Readonly<Record<string, SchemaView>>;
  readonly additionalProperties?: boolean | SchemaView;
  readonly propertyNames?: SchemaView;
  readonly required?: readonly string[];
  readonly items?: SchemaView;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string | RegExp;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly '~refine'?: readonly { check(value: unknown): boolean; error(value: unknown): string }[];
}

/** JSON Schema itself gives the keywords these types, and TypeBox makes no schema that breaks it. */
export function viewOf(schema: TSchema): SchemaView {
  return schema;
}

/** The values that a schema lists: an `enum`, a `const`, or a union of them. */
export function listedValues(schema: SchemaView): readonly unknown[] | undefined {
  if (schema.enum !== undefined) return schema.enum;
  if (schema.const !== undefined) return [schema.const];
  const branches = schema.anyOf?.map(listedValues);
  return branches?.every((values) => values !== undefined) ? branches.flat() : undefined;
}
