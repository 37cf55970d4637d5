import type { ObservedFinding } from '@gatehouse/kernel';
import { LinearPattern } from '@gatehouse/schema';
import { mapOf, type JsonMap } from '../tree/json-tree.ts';
import type { DeclaredOperation, DriftDocument } from './drift-document.ts';
import type { SchemaSpots } from './schema-spots.ts';
import { ANY, whereOf, type Where } from './where.ts';

type Finding = Pick<ObservedFinding, 'kind' | 'where' | 'rule' | 'value' | 'shape'>;

/**
 * Whether what was found is still news to a document, which may have been changed since. What cannot be told from the
 * document, such as whether a text is now short enough, is.
 */
export function isStillOpen(finding: Finding, document: DriftDocument, operation: DeclaredOperation): boolean {
  const where = whereOf(finding.where);
  switch (finding.kind) {
    case 'undeclared-parameter':
      return where.side !== 'parameter' || document.parameter(operation, where.in, where.name) === undefined;
    case 'undeclared-body':
    case 'undeclared-content-type':
    case 'undeclared-status':
      return !isBodyDescribed(document, operation, where);
    case 'unknown-field':
      return isUnknown(document, operation, where);
    case 'missing-required':
      return isRequired(document, operation, where);
    case 'enum-value':
      return isNoneOf(document.schemas(operation, where), finding.value);
    case 'type':
      return isOtherType(document.schemas(operation, where), finding);
    case 'constraint':
    default:
      return isRuled(document.schemas(operation, where), finding.rule);
  }
}

function isBodyDescribed(document: DriftDocument, operation: DeclaredOperation, where: Where): boolean {
  if (where.side === 'parameter') return false;
  const body = where.side === 'request' ? document.requestBody(operation) : document.response(operation, where.status);
  return body !== undefined && (where.media === undefined || document.media(body, where.media) !== undefined);
}

function isUnknown(document: DriftDocument, operation: DeclaredOperation, where: Where): boolean {
  if (where.side === 'parameter') return false;
  const name = where.steps.at(-1) ?? '';
  const parent = document.schemas(operation, { ...where, steps: where.steps.slice(0, -1) });
  if (parent === undefined || parent.isPartial) return false;
  const maps = parent.spots.map(({ map }) => map);
  if (maps.some(({ properties }) => Object.hasOwn(mapOf(properties) ?? {}, name))) return false;
  if (name !== ANY && maps.some((map) => fitsPattern(map, name))) return false;
  return !maps.some(({ additionalProperties: rest }) => rest === true || mapOf(rest) !== undefined);
}

function fitsPattern({ patternProperties }: JsonMap, name: string): boolean {
  return Object.keys(mapOf(patternProperties) ?? {}).some((source) => {
    try {
      return new LinearPattern(source).test(name);
    } catch {
      return false;
    }
  });
}

function isRequired(document: DriftDocument, operation: DeclaredOperation, where: Where): boolean {
  if (where.side === 'parameter')
    return document.parameter(operation, where.in, where.name)?.spot.map['required'] === true;
  if (where.side === 'request' && where.media === undefined)
    return document.requestBody(operation)?.map['required'] === true;
  const name = where.steps.at(-1);
  const parent = document.schemas(operation, { ...where, steps: where.steps.slice(0, -1) });
  return parent?.spots.some(({ map }) => Array.isArray(map['required']) && map['required'].includes(name)) === true;
}

function isNoneOf(schemas: SchemaSpots | undefined, value: string | undefined): boolean {
  const lists = schemas?.spots.map(({ map }) => valuesOf(map)).filter((list) => list !== undefined) ?? [];
  if (lists.length === 0) return false;
  return value === undefined || !lists.some((list) => list.includes(value));
}

function valuesOf({ enum: list, const: only }: JsonMap): readonly string[] | undefined {
  const values: readonly unknown[] | undefined = Array.isArray(list) ? list : only === undefined ? undefined : [only];
  return values?.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
}

function isOtherType(schemas: SchemaSpots | undefined, { shape, rule }: Finding): boolean {
  if (schemas === undefined) return false;
  if (shape === undefined) return rule !== undefined;
  const said = schemas.spots.filter(({ map }) => map['type'] !== undefined);
  const fits = (type: string): boolean =>
    said.length === 0 ||
    said.some(({ map }) => typesOf(map).has(type) || (type === 'integer' && typesOf(map).has('number')));
  return !shape.types.every(fits);
}

function typesOf({ type, nullable }: JsonMap): ReadonlySet<unknown> {
  const said: readonly unknown[] = Array.isArray(type) ? type : [type];
  return new Set(nullable === true ? [...said, 'null'] : said);
}

const ALTERNATIVES: ReadonlySet<string | undefined> = new Set(['anyOf', 'oneOf', 'not', 'false', '', undefined]);
/** Which word of a schema a rule is, where it is not called so. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  contains: ['contains', 'minContains', 'maxContains'],
  minimum: ['minimum'],
  exclusiveMinimum: ['exclusiveMinimum', 'minimum'],
  exclusiveMaximum: ['exclusiveMaximum', 'maximum'],
};

function isRuled(schemas: SchemaSpots | undefined, rule: string | undefined): boolean {
  if (rule === 'json' || rule === 'style') return true;
  if (schemas === undefined) return false;
  if (ALTERNATIVES.has(rule) || schemas.isPartial) return true;
  const words = (rule === undefined ? undefined : WORDS[rule]) ?? [rule ?? ''];
  return schemas.spots.some(({ map }) => words.some((word) => map[word] !== undefined));
}
