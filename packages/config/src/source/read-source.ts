import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { quote } from '../problems/nearest.ts';
import type { Report } from '../problems/report.ts';
import type { Environment } from './environment.ts';
import type { SourceDocument } from './parse-source.ts';
import { Places } from './places.ts';
import { readList } from './read-list.ts';
import { readMap } from './read-map.ts';
import { readListed, readScalar, resolveScalar } from './read-scalar.ts';
import { called, INVALID, type Reading, type Spot } from './reading.ts';
import { listedValues, viewOf, type SchemaView } from './schema-view.ts';
import type { ScalarNode, SourceNode } from './source-node.ts';
import { found, wanted } from './words.ts';

/** Nodes that aliases may add to those written: enough for anchored policies, far from a bomb. */
const ALIASED_NODES_MAX = 100_000;

export interface ReadOptions {
  readonly report: Report;
  readonly environment: Environment;
}

export interface SourceValue<T> {
  readonly value: T;
  readonly places: Places;
}

/**
 * A document under a schema: variables put in, defaults filled in, what is wrong reported and left out.
 * `undefined` when too little is left to go on with.
 */
export function readSource<Type extends TSchema>(
  document: SourceDocument,
  schema: Type,
  { report, environment }: ReadOptions,
): SourceValue<Static<Type>> | undefined {
  const reader = new Reader({ report, environment, nodesMax: document.size + ALIASED_NODES_MAX });
  const spot = { name: '', path: '', keyOffset: document.root.offset };
  const value = reader.read(document.root, viewOf(schema), spot);
  if (value === INVALID) return undefined;
  // The second lock, and what gives the value its type: keywords that reading does not know are checked here.
  const validator = Compile(schema);
  if (validator.Check(value)) return { value, places: reader.places };
  if (report.count > 0) return undefined;
  for (const { instancePath, keyword, message } of validator.Errors(value)) {
    report.problem(
      placeOfPointer(instancePath, { root: value, places: reader.places }),
      pointerMessage({ instancePath, keyword, message }),
    );
  }
  return undefined;
}

class Reader implements Reading {
  readonly report: Report;
  readonly environment: Environment;
  readonly places = new Places();
  readonly #nodesMax: number;
  #nodes = 0;

  constructor(options: ReadOptions & { readonly nodesMax: number }) {
    this.report = options.report;
    this.environment = options.environment;
    this.#nodesMax = options.nodesMax;
  }

  read(node: SourceNode, schema: SchemaView, spot: Spot): unknown {
    if (++this.#nodes > this.#nodesMax) return this.#bomb(node, spot);
    const where = { spot, reading: this };
    const values = listedValues(schema);
    if (values !== undefined) return readListed(node, values, where);
    if (schema.anyOf !== undefined) return this.#readUnion(node, schema, spot);
    const content = isNull(node) ? emptyContent(node, schema) : node;
    if (schema.type === undefined || Array.isArray(schema.type)) return this.#readAny(content, spot);
    if (schema.type === 'object' && content.kind === 'map') return readMap(content, schema, where);
    if (schema.type === 'array' && content.kind === 'list') return readList(content, schema, where);
    if (schema.type !== 'object' && schema.type !== 'array') return readScalar(content, schema, where);
    return this.#mismatch(node, schema, spot);
  }

  /** The branch that the written kind fits; where several do, the first that has no problem. */
  #readUnion(node: SourceNode, schema: SchemaView, spot: Spot): unknown {
    const branches = (schema.anyOf ?? []).filter((branch) => mayHold(branch, node));
    const [only] = branches;
    if (only === undefined) return this.#mismatch(node, schema, spot);
    if (branches.length === 1) return this.read(node, only, spot);
    if (node.kind === 'scalar' && resolveScalar(node, spot, this) === undefined) return INVALID;
    const count = this.report.count;
    for (const branch of branches) {
      const value = this.read(node, branch, spot);
      if (value !== INVALID) return value;
      this.report.rewind(count);
    }
    const written = node.kind === 'scalar' ? quote(node.text) : found(node);
    this.report.problem(
      { offset: node.offset, path: spot.path },
      `${written} is no value of ${called(spot)}, write ${wanted(schema)}`,
    );
    return INVALID;
  }

  /** What no schema describes is taken as it stands. */
  #readAny(node: SourceNode, spot: Spot): unknown {
    if (node.kind === 'map') return readMap(node, {}, { spot, reading: this });
    if (node.kind === 'list') return readList(node, {}, { spot, reading: this });
    const scalar = resolveScalar(node, spot, this);
    return scalar === undefined ? INVALID : scalar.value;
  }

  #mismatch(node: SourceNode, schema: SchemaView, spot: Spot): typeof INVALID {
    const offset = isNull(node) ? spot.keyOffset : node.offset;
    this.report.problem({ offset, path: spot.path }, `${called(spot)} is ${found(node)}, write ${wanted(schema)}`);
    return INVALID;
  }

  #bomb(node: SourceNode, spot: Spot): typeof INVALID {
    if (this.#nodes === this.#nodesMax + 1) {
      const place = { offset: node.offset, path: spot.path };
      this.report.problem(place, `aliases unfold to more than ${ALIASED_NODES_MAX} values, write less with anchors`);
    }
    return INVALID;
  }
}

function isNull(node: SourceNode): node is ScalarNode {
  return node.kind === 'scalar' && node.value === null;
}

/** A key with nothing behind it holds an empty map or list, as people write it. */
function emptyContent(node: ScalarNode, { type }: SchemaView): SourceNode {
  if (type === 'object') return { kind: 'map', offset: node.offset, entries: [] };
  return type === 'array' ? { kind: 'list', offset: node.offset, items: [] } : node;
}

function mayHold(branch: SchemaView, node: SourceNode): boolean {
  if (listedValues(branch) !== undefined) return node.kind === 'scalar';
  if (branch.type === 'object') return node.kind === 'map';
  if (branch.type === 'array') return node.kind === 'list';
  return branch.type === undefined || node.kind === 'scalar';
}

function placeOfPointer(pointer: string, { root, places }: { readonly root: unknown; readonly places: Places }) {
  let value = root;
  let place = { offset: 0, path: '' };
  for (const part of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) break;
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    place = places.at(value, key);
    value = new Map<string, unknown>(Object.entries(value)).get(key);
  }
  return place;
}

interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message: string;
}

function pointerMessage({ instancePath, keyword, message }: SchemaError): string {
  const name = quote(instancePath.split('/').at(-1) ?? '');
  // The words of a check may quote the value, which may come from the environment.
  return keyword === '~refine'
    ? `${name} is not valid here, see the reference`
    : `${name} ${message}, see the reference`;
}
