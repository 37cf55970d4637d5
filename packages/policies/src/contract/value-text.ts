import type { JsonType, PlanSchema } from '@gatehouse/schema';
import { typesOf } from '@gatehouse/schema';

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;

/**
 * What a text in a path, a query, a field or a form means: what its schema makes of it. Where it could be several things
 * the narrowest counts; where it is none of them it stays a text, and the schema says what is wrong.
 */
export function valueOfText(text: string, schema: PlanSchema, schemas: readonly PlanSchema[]): unknown {
  const types = typesOf(schema, schemas);
  if (types === undefined) return text;
  const may = (type: JsonType): boolean => types.has(type);
  if ((may('number') || may('integer')) && text.length <= 400 && NUMBER.test(text)) {
    const value = Number(text);
    if (Number.isFinite(value) && (may('number') || Number.isInteger(value))) return value;
  }
  if (may('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if (may('null') && !may('string') && (text === '' || text === 'null')) return null;
  return text;
}
