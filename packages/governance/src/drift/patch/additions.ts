import { mergedShape, type FieldShape } from '@gatehouse/kernel';
import { pointerOf, type Path } from '../../document/json-value.ts';
import { mapOf } from '../../tree/json-tree.ts';
import type { DeclaredOperation, DriftDocument } from '../drift-document.ts';
import type { DriftFinding } from '../drift-report.ts';
import type { SchemaDialect, SchemaSpot } from '../schema-spots.ts';
import type { SeenContent } from '../shadow-routes.ts';
import { ANY, whereOf, type Where } from '../where.ts';
import type { Addition } from './json-patch.ts';
import { schemaOfShape } from './shape-schema.ts';

/** An addition whose schema is not yet written: other findings may have to fit it too. */
export interface Draft {
  readonly path: Path;
  readonly is: 'value' | 'schema' | 'media';
  readonly value?: unknown;
  readonly shape?: FieldShape;
}

/** What would make a document say what was found; a text says why nothing does. */
export type Proposal = readonly Draft[] | string;

const ELSEWHERE = 'is described in another file';
const NO_NAME = 'has no single name: there are many, or they are values';
const CONTRADICTS = 'breaks what the document says: which of the two is wrong, traffic cannot tell';

/** What a finding asks a document to say. */
export function proposalFor(finding: DriftFinding, document: DriftDocument, operation: DeclaredOperation): Proposal {
  const where = whereOf(finding.where);
  switch (finding.kind) {
    case 'unknown-field':
      return fieldDrafts(finding, where, { document, operation });
    case 'enum-value':
      return wordDrafts(finding, where, { document, operation });
    case 'undeclared-status':
      return statusDrafts(finding, where, { document, operation });
    case 'undeclared-content-type':
    case 'undeclared-body':
      return contentDrafts(finding, where, { document, operation });
    case 'undeclared-parameter':
      return parameterDrafts(where, operation);
    case 'type':
    case 'constraint':
    case 'missing-required':
    default:
      return CONTRADICTS;
  }
}

interface Around {
  readonly document: DriftDocument;
  readonly operation: DeclaredOperation;
}

function fieldDrafts({ shape }: DriftFinding, where: Where, { document, operation }: Around): Proposal {
  const name = where.side === 'parameter' ? ANY : (where.steps.at(-1) ?? ANY);
  if (where.side === 'parameter' || name === ANY) return NO_NAME;
  const parent = document.schemas(operation, { ...where, steps: where.steps.slice(0, -1) });
  if (parent === undefined || parent.isPartial) return ELSEWHERE;
  return holdersOf(parent.spots).flatMap(({ map, path }): readonly Draft[] => [
    ...(mapOf(map['properties']) === undefined ? [container([...path, 'properties'])] : []),
    { path: [...path, 'properties', name], is: 'schema', ...(shape !== undefined && { shape }) },
  ]);
}

/** Where a property is to be written so that all that holds for the object knows it. */
function holdersOf(spots: readonly SchemaSpot[]): readonly SchemaSpot[] {
  const closed = spots.filter(({ map }) => map['additionalProperties'] === false);
  if (closed.length > 0) return closed;
  const describing = spots.filter(({ map }) => mapOf(map['properties']) !== undefined);
  const first = describing.find(({ isBranch }) => !isBranch);
  return first === undefined ? describing : [first];
}

function wordDrafts({ value, rule }: DriftFinding, where: Where, { document, operation }: Around): Proposal {
  if (value === undefined) return 'is no word that may be told';
  if (rule === 'const') return CONTRADICTS;
  const schemas = document.schemas(operation, where);
  if (schemas === undefined || schemas.isPartial) return ELSEWHERE;
  const lists = schemas.spots.filter(({ map }) => Array.isArray(map['enum']));
  return lists.map(({ map, path }) => ({
    path: [...path, 'enum', '-'],
    is: 'value',
    value: likeOthers(value, map['enum']),
  }));
}

function likeOthers(word: string, list: unknown): unknown {
  const others: readonly unknown[] = Array.isArray(list) ? list : [];
  const isNumber = others.length > 0 && others.every((each) => typeof each === 'number');
  return isNumber && Number.isFinite(Number(word)) ? Number(word) : word;
}

function statusDrafts(finding: DriftFinding, where: Where, around: Around): Proposal {
  if (where.side !== 'reply') return NO_NAME;
  const { spot } = around.operation;
  const responses = mapOf(spot.map['responses']);
  if (around.document.response(around.operation, where.status) !== undefined)
    return contentDrafts(finding, where, around);
  const { media } = where;
  const { shape } = finding;
  const seen = { ...(media !== undefined && { media }), ...(shape !== undefined && { shape }) };
  return [
    ...(responses === undefined ? [container([...spot.path, 'responses'])] : []),
    ...replyDrafts([...spot.path, 'responses', where.status], seen),
  ];
}

function contentDrafts({ shape }: DriftFinding, where: Where, { document, operation }: Around): Proposal {
  if (where.side === 'parameter' || where.media === undefined || where.media === '*/*') return NO_NAME;
  const isReply = where.side === 'reply';
  const body = isReply ? document.response(operation, where.status) : document.requestBody(operation);
  if (body === undefined && (isReply || operation.spot.map['requestBody'] !== undefined)) return ELSEWHERE;
  const at = body?.path ?? [...operation.spot.path, 'requestBody'];
  return [
    ...(body === undefined ? [container(at)] : []),
    ...(mapOf(body?.map['content']) === undefined ? [container([...at, 'content'])] : []),
    mediaDraft(at, { media: where.media, ...(shape !== undefined && { shape }) }),
  ];
}

function parameterDrafts(where: Where, { spot }: DeclaredOperation): Proposal {
  if (where.side !== 'parameter' || where.name === ANY) return NO_NAME;
  return [
    ...(Array.isArray(spot.map['parameters']) ? [] : [container([...spot.path, 'parameters'], [])]),
    { path: [...spot.path, 'parameters', '-'], is: 'value', value: queryParameter(where.name) },
  ];
}

export function queryParameter(name: string): object {
  return { name, in: 'query', schema: { type: 'string' } };
}

export function container(path: Path, value: object = {}): Draft {
  return { path, is: 'value', value };
}

/** A response that is not there yet. */
export function replyDrafts(path: Path, seen: SeenContent): readonly Draft[] {
  const described = { path, is: 'value', value: { description: `Seen in traffic: ${String(path.at(-1))}` } } as const;
  return seen.media === undefined
    ? [described]
    : [described, container([...path, 'content']), mediaDraft(path, { ...seen, media: seen.media })];
}

export function mediaDraft(body: Path, seen: SeenContent & { readonly media: string }): Draft {
  const { media, shape } = seen;
  return { path: [...body, 'content', media], is: 'media', ...(shape !== undefined && { shape }) };
}

/** Each place once, what was drafted for it joined; in an order in which they can be made. */
export function additionsOf(drafts: readonly Draft[], dialect: SchemaDialect): readonly Addition[] {
  const byPlace = new Map<string, Draft>();
  for (const draft of drafts) {
    const key = draftKey(draft);
    const known = byPlace.get(key);
    byPlace.set(key, known === undefined ? draft : joined(known, draft));
  }
  return [...byPlace.values()].map((draft) => ({ path: draft.path, value: valueOf(draft, dialect) }));
}

export function draftKey({ path, value }: Draft): string {
  return path.at(-1) === '-' ? `${pointerOf(path)} ${JSON.stringify(value)}` : pointerOf(path);
}

function joined(a: Draft, b: Draft): Draft {
  if (a.shape === undefined || b.shape === undefined) return b.shape === undefined ? a : { ...a, shape: b.shape };
  return { ...a, shape: mergedShape(a.shape, b.shape) };
}

function valueOf({ is, value, shape }: Draft, dialect: SchemaDialect): unknown {
  if (is === 'value') return value;
  const schema = shape === undefined ? {} : schemaOfShape(shape, dialect);
  if (is === 'schema') return schema;
  return shape === undefined ? {} : { schema };
}
