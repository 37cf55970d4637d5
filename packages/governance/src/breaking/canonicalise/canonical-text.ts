import { isObject } from './raw-value.ts';
import type { References } from './references.ts';

/** What says nothing about which values are allowed. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  'description',
  'title',
  'summary',
  'example',
  'examples',
  'externalDocs',
  'xml',
  '$comment',
  'deprecated',
]);
const DEPTH_MAX = 24;
const VALUES_MAX = 20_000;
/** With what references lead to, which may be all of a document. */
const RESOLVED_MAX = 2000;
/** Of what is too much to be written: two such count as the same. */
const TOO_MUCH = '…';

/** The value as text that does not depend on the order of keys; what is too deep is left out. */
export function canonicalText(value: unknown): string {
  return bounded(value, { left: VALUES_MAX, schema: false, within: new Set() }) ?? TOO_MUCH;
}

/**
 * The same of a schema: without annotations, with lists that are sets in one order, and, where references are given,
 * with what they lead to in their place, unless that is too much.
 */
export function canonicalSchemaText(value: unknown, references?: References): string {
  const resolved =
    references === undefined
      ? undefined
      : bounded(value, { left: RESOLVED_MAX, schema: true, references, within: new Set() });
  return resolved ?? bounded(value, { left: VALUES_MAX, schema: true, within: new Set() }) ?? TOO_MUCH;
}

interface Writing {
  left: number;
  readonly schema: boolean;
  readonly references?: References;
  /** References that are being written: what comes back to one says its name. */
  readonly within: Set<string>;
}

function bounded(value: unknown, writing: Writing): string | undefined {
  const text = written(value, writing, 0);
  return writing.left < 0 ? undefined : text;
}

function written(value: unknown, writing: Writing, depth: number): string {
  writing.left -= 1;
  if (writing.left < 0 || depth > DEPTH_MAX) return TOO_MUCH;
  if (Array.isArray(value)) return `[${value.map((item) => written(item, writing, depth + 1)).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const ref = value['$ref'];
  if (typeof ref === 'string' && writing.references !== undefined && !writing.within.has(ref)) {
    const target = writing.references.target(ref);
    if (target !== undefined) return referred({ ref, target }, writing, depth);
  }
  const keys = Object.keys(value).filter((key) => !writing.schema || !ANNOTATIONS.has(key));
  const fields = keys.toSorted().map((key) => `${JSON.stringify(key)}:${fieldText(key, value[key], [writing, depth])}`);
  return `{${fields.join(',')}}`;
}

function referred(
  { ref, target }: Readonly<{ ref: string; target: unknown }>,
  writing: Writing,
  depth: number,
): string {
  writing.within.add(ref);
  const text = written(target, writing, depth);
  writing.within.delete(ref);
  return text;
}

const SETS: ReadonlySet<string> = new Set(['required', 'enum', 'type', 'allOf', 'oneOf', 'anyOf']);

function fieldText(key: string, value: unknown, [writing, depth]: readonly [Writing, number]): string {
  if (!writing.schema || !SETS.has(key) || !Array.isArray(value)) return written(value, writing, depth + 1);
  const items = value.map((item: unknown) => written(item, writing, depth + 1));
  return `[${items.toSorted().join(',')}]`;
}
