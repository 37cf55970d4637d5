import { canonicalText } from './canonical-text.ts';
import { isObject, listOf, type RawObject } from './raw-value.ts';
import type { References } from './references.ts';

export interface SimplifiedUnion {
  /** One of the branches, or a branch of it, is null. */
  readonly nullable: boolean;
  /** The branches that are not `null`, each once. */
  readonly rest: readonly unknown[];
  /** All of it, where types or values say it better: `anyOf: [{type: string}, {const: 1}]` is none of these. */
  readonly schema: RawObject | undefined;
}

const ONLY_TYPE: ReadonlySet<string> = new Set(['type', 'title', 'description', 'example', 'examples']);
const ONLY_VALUES: ReadonlySet<string> = new Set([...ONLY_TYPE, 'enum', 'const', 'deprecated']);

export function simplifiedUnion(branches: readonly unknown[], references: References): SimplifiedUnion {
  const distinct = new Map<unknown, { readonly branch: unknown; readonly target: unknown }>();
  for (const branch of branches) {
    const target = references.resolve(branch) ?? branch;
    distinct.set(isObject(target) ? target : canonicalText(target), { branch, target });
  }
  const kept = [...distinct.values()].filter(({ target }) => !isNull(target));
  const nullable = kept.length < distinct.size || kept.some(({ target }) => allowsNull(target));
  const targets = kept.map(({ target }) => target);
  return {
    nullable,
    rest: kept.map(({ branch }) => branch),
    schema: kept.length < 2 ? emptyOf(kept) : joined(targets),
  };
}

/** A union of nothing but null. */
function emptyOf(kept: readonly unknown[]): RawObject | undefined {
  return kept.length === 0 ? { type: 'null' } : undefined;
}

function joined(branches: readonly unknown[]): RawObject | undefined {
  const schemas = branches.filter(isObject);
  if (schemas.length < branches.length) return undefined;
  if (schemas.every((schema) => hasOnly(schema, ONLY_TYPE) && Object.hasOwn(schema, 'type'))) {
    return { type: schemas.flatMap(({ type }) => (Array.isArray(type) ? type : [type])) };
  }
  if (schemas.every((schema) => hasOnly(schema, ONLY_VALUES) && valuesOf(schema).length > 0)) {
    return { enum: schemas.flatMap(valuesOf) };
  }
  return undefined;
}

function hasOnly(schema: RawObject, keys: ReadonlySet<string>): boolean {
  return Object.keys(schema).every((key) => keys.has(key));
}

export function valuesOf(schema: RawObject): readonly unknown[] {
  return Object.hasOwn(schema, 'const') ? [schema['const']] : listOf(schema['enum']);
}

function isNull(schema: unknown): boolean {
  if (!isObject(schema)) return false;
  const { type } = schema;
  if (type === 'null' || (Array.isArray(type) && type.length === 1 && type[0] === 'null')) return true;
  const values = valuesOf(schema);
  return values.length > 0 && values.every((value) => value === null);
}

function allowsNull(schema: unknown): boolean {
  if (!isObject(schema)) return false;
  return schema['nullable'] === true || (Array.isArray(schema['type']) && schema['type'].includes('null'));
}
