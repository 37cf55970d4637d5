import type { PlanSchema } from '@gatehouse/schema';
import { formDecoded, rawPairs } from './query-pairs.ts';
import { itemsOf, propertyOf, typesOf } from '@gatehouse/schema';
import { valueOfText } from './value-text.ts';

/** A form as an object. What a schema calls a list may stand there several times, anything else once; else undefined. */
export function formValue(text: string, schema: PlanSchema, schemas: readonly PlanSchema[]): object | undefined {
  const pairs = rawPairs(text);
  if (pairs === undefined) return undefined;
  const members = new Map<string, unknown>();
  const lists = new Map<string, unknown[]>();
  for (const { name, raw = '' } of pairs) {
    const decoded = formDecoded(raw);
    if (decoded === undefined) return undefined;
    const property = propertyOf(name, schema, schemas) ?? true;
    const isList = typesOf(property, schemas)?.has('array') === true;
    if (!isList && members.has(name)) return undefined;
    const value = valueOfText(decoded, isList ? itemsOf(property, schemas) : property, schemas);
    const list = lists.get(name) ?? [];
    list.push(value);
    if (isList) lists.set(name, list);
    members.set(name, isList ? list : value);
  }
  return Object.fromEntries(members);
}
