import type { Path } from '../document/json-value.ts';
import { mapOf } from '../tree/json-tree.ts';
import { bareType, type DeclaredOperation, type DriftDocument } from './drift-document.ts';
import type { OperationState } from './ledger-state.ts';
import { belowSpots, schemaSpots, type SchemaSpots, type Spot } from './schema-spots.ts';
import { ANY } from './where.ts';

const DEPTH_MAX = 8;
const PARTS_MAX = 5000;

/**
 * Parts of an operation that the document has and nobody has seen, though what holds them was there: parameters,
 * statuses, media types, fields. Inside what was never there, nothing is listed.
 */
export function unusedParts(document: DriftDocument, operation: DeclaredOperation, state: OperationState): string[] {
  const seen = withHolders(Object.keys(state.seen));
  const isSeen = (where: string): boolean => seen.has(where);
  const unused: string[] = [];
  for (const { in: place, name } of operation.parameters) {
    const where = `${place} ${place === 'header' ? name.toLowerCase() : name}`;
    if (!isDescribedElsewhere(where) && !isSeen(where)) unused.push(where);
  }
  const walk = new Fields(document, isSeen, unused);
  const request = document.requestBody(operation);
  if (request !== undefined) walk.content(request, 'request');
  for (const status of Object.keys(mapOf(operation.spot.map['responses']) ?? {})) {
    const response = status.startsWith('x-') ? undefined : document.response(operation, status);
    if (response === undefined) continue;
    if (isSeen(`reply ${status}`)) walk.content(response, `reply ${status}`);
    // Nobody waits for a service to fail.
    else if (/^[1-4]/.test(status)) unused.push(`reply ${status}`);
  }
  return unused;
}

/** What was seen, and all that it stands in. */
function withHolders(seen: readonly string[]): ReadonlySet<string> {
  const all = new Set<string>();
  for (const where of seen) {
    all.add(where);
    const pointer = where.indexOf(' /') + 1;
    if (pointer === 0) continue;
    for (let at = where; at.length > pointer; at = at.slice(0, at.lastIndexOf('/'))) all.add(at);
  }
  return all;
}

/** OpenAPI §4.8.12.1: as parameters these mean nothing. */
function isDescribedElsewhere(where: string): boolean {
  return /^header (?:accept|content-type|authorization)$/.test(where);
}

class Fields {
  readonly #document: DriftDocument;
  readonly #isSeen: (where: string) => boolean;
  readonly #unused: string[];
  #partsLeft = PARTS_MAX;

  constructor(document: DriftDocument, isSeen: (where: string) => boolean, unused: string[]) {
    this.#document = document;
    this.#isSeen = isSeen;
    this.#unused = unused;
  }

  content({ map, path }: Spot, side: string): void {
    for (const written of Object.keys(mapOf(map['content']) ?? {})) {
      const type = bareType(written);
      const where = `${side} ${type}`;
      if (!this.#isSeen(where)) this.#unused.push(where);
      else if (/[/+]json$/.test(type))
        this.#fields(this.#schema([...path, 'content', written, 'schema']), `${where} `, 0);
    }
  }

  #schema(path: Path): SchemaSpots {
    return schemaSpots(this.#document.root, [path]);
  }

  #fields(schemas: SchemaSpots, where: string, depth: number): void {
    if (depth > DEPTH_MAX || this.#partsLeft < 0) return;
    const { root } = this.#document;
    const names = new Set(schemas.spots.flatMap(({ map }) => Object.keys(mapOf(map['properties']) ?? {})));
    for (const name of names) {
      this.#partsLeft--;
      const at = `${where}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      const below = belowSpots(root, schemas, name);
      if (this.#isSeen(at)) this.#fields(below, at, depth + 1);
      else if (below.spots.length > 0 && !isForTheOtherSide(below, where)) this.#unused.push(at);
    }
    const any = belowSpots(root, schemas, ANY);
    if (any.spots.length > 0 && this.#isSeen(`${where}/${ANY}`)) this.#fields(any, `${where}/${ANY}`, depth + 1);
  }
}

/** What only replies have is in no request, and the other way round. */
function isForTheOtherSide({ spots }: SchemaSpots, where: string): boolean {
  const word = where.startsWith('request ') ? 'readOnly' : 'writeOnly';
  return spots.some(({ map }) => map[word] === true);
}
