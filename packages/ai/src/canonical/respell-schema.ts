import { isJsonFields, type Json, type JsonFields } from './json.ts';

export interface KeywordLosses {
  dropped(keyword: string): void;
  emulated(keyword: string): void;
}

/** Says with keywords that the target knows what one that it refuses says, where that can be done. */
export function respell(schema: JsonFields, drops: ReadonlySet<string>, losses: KeywordLosses): JsonFields {
  if (drops.size === 0) return schema;
  let respelled = drops.has('prefixItems') ? withTupleKeyword(schema) : schema;
  for (const [keyword, spelling] of Object.entries(SPELLINGS)) {
    const value = respelled[keyword];
    if (value === undefined || !drops.has(keyword)) continue;
    const { [keyword]: _, ...rest } = respelled;
    const instead = spelling.instead(value, rest);
    if (instead === undefined || Object.keys(instead).some((name) => drops.has(name))) continue;
    respelled = { ...rest, ...instead };
    if (!spelling.same) losses.emulated(keyword);
  }
  return respelled;
}

interface Spelling {
  /** It means the same: nothing is lost. */
  readonly same: boolean;
  /** Undefined when it cannot be said, given the rest of the schema. */
  instead(value: Json, rest: JsonFields): JsonFields | undefined;
}

const SPELLINGS: Readonly<Record<string, Spelling>> = {
  const: { same: true, instead: (value) => ({ enum: [value] }) },
  nullable: { same: true, instead: withNull },
  oneOf: {
    same: false,
    instead: (value, rest) => (Array.isArray(value) && !('anyOf' in rest) ? { anyOf: value } : undefined),
  },
  prefixItems: { same: false, instead: (value, { items }) => ({ items: anyItem(value, items) }) },
};

/** Until 2019 a tuple's members stood in `items`, and what may follow them in `additionalItems`. */
function withTupleKeyword(schema: JsonFields): JsonFields {
  const { items, additionalItems, ...rest } = schema;
  if (!Array.isArray(items)) return schema;
  return { ...rest, prefixItems: items, ...(additionalItems !== undefined && { items: additionalItems }) };
}

/** OpenAPI 3.0 says beside the type that null is taken too. */
function withNull(value: Json, { type, enum: values }: JsonFields): JsonFields | undefined {
  if (value === false) return {};
  if (value !== true || typeof type !== 'string') return undefined;
  return { type: [type, 'null'], ...(Array.isArray(values) && { enum: [...new Set([...values, null])] }) };
}

/** Any of a tuple's members at any place. */
function anyItem(members: Json, others: Json | undefined): JsonFields {
  const schemas = [...(Array.isArray(members) ? members : []), ...(isJsonFields(others) ? [others] : [])];
  return schemas.length === 0 ? {} : { anyOf: schemas };
}
