import { canonicalSchemaText } from './canonical-text.ts';
import { fieldOf, isObject, listOf, textOf, type RawObject } from './raw-value.ts';
import type { SchemaNodes } from './schema-nodes.ts';
import { plainPart, type Part, type Union } from './shape.ts';
import { simplifiedUnion } from './simplified-union.ts';

/** A schema without references, `allOf` and unions that are none. */
export interface FlatPart {
  readonly schema: RawObject;
  readonly nullFree: boolean;
  /** Without its unions, and so without what tells their alternatives apart. */
  readonly bare: boolean;
}

export interface Flattened {
  readonly parts: readonly FlatPart[];
  readonly unions: readonly Union[];
  /** References that lead nowhere we can go. */
  readonly foreign: ReadonlySet<string>;
  /** One of the parts is `false`. */
  readonly never: boolean;
}

/** What 3.0 ignores beside a `$ref` but authors mean; the rest is ignored as the standard says. */
const MEANT_BESIDE_REFERENCE = ['nullable', 'readOnly', 'writeOnly', 'default', 'deprecated', 'x-sunset'] as const;

/** Takes all `$ref`, `allOf` and unions of one apart. Works off a list: nesting may be deep, or a circle. */
export function flatten(parts: readonly Part[], nodes: SchemaNodes): Flattened {
  const flat: FlatPart[] = [];
  const unions: Union[] = [];
  const foreign = new Set<string>();
  const seen = new Set<string>();
  const texts = new Set<string>();
  const waiting = parts.toReversed();
  let never = false;
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    const key = nodes.partKey(part);
    if (seen.has(key)) continue;
    seen.add(key);
    const { schema, bare } = part;
    if (schema === false) never = true;
    if (!isObject(schema)) continue;
    const nullFree = part.nullFree || schema['nullable'] === true;
    const ref = textOf(schema['$ref']);
    const target = ref === undefined ? undefined : nodes.references.target(ref);
    if (ref !== undefined && target === undefined) foreign.add(ref);
    if (ref !== undefined) waiting.push({ schema: target ?? true, nullFree, bare });
    const own = ref !== undefined && nodes.ignoresSiblings ? meantBeside(schema) : schema;
    flat.push({ schema: own, nullFree: part.nullFree, bare });
    for (const item of listOf(own['allOf']).toReversed()) waiting.push({ schema: item, nullFree, bare });
    if (!bare) takeUnions({ own, nullFree }, { waiting, flat, unions, texts, nodes });
  }
  return { parts: flat, unions, foreign, never };
}

interface Taking {
  readonly waiting: Part[];
  readonly flat: FlatPart[];
  readonly unions: Union[];
  readonly texts: Set<string>;
  readonly nodes: SchemaNodes;
}

function takeUnions(
  from: { own: RawObject; nullFree: boolean },
  { waiting, flat, unions, texts, nodes }: Taking,
): void {
  for (const keyword of ['oneOf', 'anyOf'] as const) {
    const branches = listOf(from.own[keyword]);
    if (branches.length === 0) continue;
    const { nullable, rest, schema } = simplifiedUnion(branches, nodes.references);
    const nullFree = from.nullFree || nullable;
    const [only] = rest;
    if (schema !== undefined) flat.push({ schema, nullFree, bare: false });
    else if (rest.length === 1) waiting.push({ ...plainPart(only), nullFree });
    else {
      const text = canonicalSchemaText({ anyOf: rest });
      if (texts.has(text)) continue; // the same twice, by way of allOf
      texts.add(text);
      if (!nullFree) flat.push({ schema: NOT_NULL, nullFree: false, bare: false });
      const made = rest.map((branch) => ({
        node: nodes.nodeOfParts([{ schema: branch, nullFree: true, bare: false }]),
        name: nameOf(branch),
      }));
      unions.push({ text, exclusive: keyword === 'oneOf', branches: made });
    }
  }
}

const NOT_NULL: RawObject = Object.freeze({ type: ['boolean', 'object', 'array', 'string', 'number'] });

/** The last step of its reference, by which a branch is known wherever it stands. */
function nameOf(branch: unknown): string {
  const ref = textOf(fieldOf(branch, '$ref'));
  return ref === undefined ? '' : ref.slice(ref.lastIndexOf('/') + 1);
}

function meantBeside(schema: RawObject): RawObject {
  return Object.fromEntries(
    MEANT_BESIDE_REFERENCE.filter((key) => Object.hasOwn(schema, key)).map((key) => [key, schema[key]]),
  );
}
