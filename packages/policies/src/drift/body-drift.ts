import { Surface, type Finding, type PlanSchema, type SchemaSet } from '@gatehouse/schema';
import { jsonValue } from '../contract/json-value.ts';
import { pointerOf as keysOf, childOf } from '../json-pointer.ts';
import { kindOf, wordOf, type FoundDrift } from './found-drift.ts';
import { tellable, typeNameOf, type ShapeMaker } from './value-shape.ts';

/** Where the findings of one exchange go. */
export interface Telling {
  readonly found: FoundDrift;
  readonly shapes: ShapeMaker;
}

export interface DescribedBody {
  /** `reply 200 application/json` */
  readonly where: string;
  readonly schema: PlanSchema;
  readonly set: SchemaSet;
}

const STEPS_MAX = 5000;
const DEPTH_MAX = 12;
const ITEMS_MAX = 20;
/** More names that nobody has described, in one object, are the keys of a table. */
const UNKNOWN_MAX = 10;

/** Holds a body of JSON against its schema: what is there, what nobody has described, what does not fit. */
export function bodyDrift(bytes: Buffer, body: DescribedBody, { found, shapes }: Telling): void {
  const { where, schema, set } = body;
  const read = jsonValue(bytes);
  if ('wrong' in read) {
    found.add({ kind: 'constraint', where, rule: 'json' });
    return;
  }
  const surface = Surface.of(schema, set);
  new Walk(where, { found, shapes }).value(read.value, surface, { path: '', depth: 0 });
  for (const finding of set.findings(schema, read.value)) tell(finding, { ...body, surface, root: read.value }, found);
}

interface Judged extends DescribedBody {
  readonly surface: Surface;
  readonly root: unknown;
}

function tell({ path, rule }: Finding, { where, surface, root }: Judged, found: FoundDrift): void {
  const { place, value, isUnknown } = placeOf(path, surface, root);
  const at = place === '' ? where : `${where} ${place}`;
  const kind = isUnknown && rule === 'false' ? 'unknown-field' : kindOf(rule);
  if (kind === 'enum-value') found.add({ kind, where: at, rule, value: wordOf(value) });
  else if (kind === 'type') found.add({ kind, where: at, shape: { types: [typeNameOf(value)] } });
  else found.add(kind === 'missing-required' ? { kind, where: at } : { kind, where: at, rule });
}

interface FoundPlace {
  readonly place: string;
  readonly value: unknown;
  /** Nobody has described such a member. */
  readonly isUnknown: boolean;
}

/** The pointer of a finding in the words of the document, and what stands there. */
function placeOf(pointer: string, from: Surface, root: unknown): FoundPlace {
  let surface: Surface | undefined = from;
  let value = root;
  let place = '';
  let isUnknown = false;
  for (const key of keysOf(pointer)) {
    if (Array.isArray(value)) {
      place += '/*';
      surface = surface?.items;
    } else {
      const described = surface?.member(key);
      surface = described !== undefined && 'surface' in described ? described.surface : undefined;
      isUnknown = described?.kind === 'unknown';
      place += `/${described?.kind === 'named' ? escaped(key) : isUnknown ? tellable(key) : '*'}`;
    }
    value = childOf(value, key);
  }
  return { place, value, isUnknown };
}

interface Place {
  readonly path: string;
  readonly depth: number;
}

class Walk {
  readonly #where: string;
  readonly #telling: Telling;
  #stepsLeft = STEPS_MAX;

  constructor(where: string, telling: Telling) {
    this.#where = where;
    this.#telling = telling;
  }

  value(value: unknown, surface: Surface, { path, depth }: Place): void {
    if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return;
    if (Array.isArray(value)) {
      const { items } = surface;
      if (items === undefined) return;
      for (const item of value.slice(0, ITEMS_MAX)) this.value(item, items, { path: `${path}/*`, depth: depth + 1 });
      return;
    }
    let unknown = 0;
    for (const [name, child] of Object.entries(value)) {
      if (--this.#stepsLeft < 0) return;
      const described = surface.member(name);
      if (described.kind === 'unknown') this.#unknown(unknown++ < UNKNOWN_MAX ? tellable(name) : '*', child, path);
      else if (described.kind !== 'open') {
        const below = `${path}/${described.kind === 'named' ? escaped(name) : '*'}`;
        this.#telling.found.see(`${this.#where} ${below}`);
        this.value(child, described.surface, { path: below, depth: depth + 1 });
      }
    }
  }

  #unknown(name: string, value: unknown, path: string): void {
    const { found, shapes } = this.#telling;
    found.add({ kind: 'unknown-field', where: `${this.#where} ${path}/${name}`, shape: shapes.of(value) });
  }
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
