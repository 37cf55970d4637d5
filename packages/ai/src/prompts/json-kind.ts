import { isJsonFields, type Json, type JsonFields } from '../canonical/json.ts';

export type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

/** Numbers that a double cannot hold look like objects. */
export function kindOf(value: Json): JsonKind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'object') return JSON.isRawJSON(value) ? 'number' : 'object';
  return typeof value === 'string' ? 'string' : typeof value === 'number' ? 'number' : 'boolean';
}

export function numberOf(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  return JSON.isRawJSON(value) ? Number(JSON.stringify(value)) : undefined;
}

export function listOf(value: Json | undefined): readonly Json[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

export function objectOf(value: Json | undefined): JsonFields | undefined {
  return value !== undefined && isJsonFields(value) && kindOf(value) === 'object' ? value : undefined;
}
