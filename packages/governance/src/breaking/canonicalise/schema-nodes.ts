import { fieldOf, isObject, textOf } from './raw-value.ts';
import { References } from './references.ts';
import { shapeOfParts } from './schema-shape.ts';
import { plainPart, type Part, type SchemaNode, type Shape } from './shape.ts';

/** What may stand beside a `$ref` without changing which values are allowed. */
const BESIDE_REFERENCE: ReadonlySet<string> = new Set([
  '$ref',
  'description',
  'summary',
  'title',
  'example',
  'examples',
]);
const HOPS_MAX = 100;

/** All schemas of one document, each in its one form. Shapes are made when they are asked for, once. */
export class SchemaNodes {
  readonly references: References;
  /** Of 3.0, where what stands beside a `$ref` is ignored. */
  readonly ignoresSiblings: boolean;
  readonly #idOf = new Map<unknown, number>();
  readonly #alone = new Map<unknown, SchemaNode>();
  readonly #joint = new Map<string, SchemaNode>();
  readonly #shapes: (Shape | undefined)[] = [];

  constructor(root: unknown) {
    this.references = new References(root);
    this.ignoresSiblings = (textOf(fieldOf(root, 'openapi')) ?? '').startsWith('3.0');
  }

  /** `undefined` is the schema that allows all. */
  nodeOf(schema: unknown): SchemaNode {
    const known = this.#alone.get(schema);
    if (known !== undefined) return known;
    const target = this.#withoutPlainReferences(schema);
    const node = Object.is(target, schema) ? this.#added([plainPart(schema)]) : this.nodeOf(target);
    this.#alone.set(schema, node);
    return node;
  }

  /** What all parts ask for. */
  nodeOfParts(parts: readonly Part[]): SchemaNode {
    const [first] = parts;
    if (parts.length === 1 && first !== undefined && !first.nullFree && !first.bare) return this.nodeOf(first.schema);
    const distinct = new Map<string, Part>();
    for (const part of parts) {
      const schema = this.#withoutPlainReferences(part.schema);
      distinct.set(this.partKey({ ...part, schema }), { ...part, schema });
    }
    const key = [...distinct.keys()].toSorted().join('&');
    const known = this.#joint.get(key);
    if (known !== undefined) return known;
    const node = this.#added([...distinct.values()]);
    this.#joint.set(key, node);
    return node;
  }

  shapeOf(node: SchemaNode): Shape {
    const known = this.#shapes[node.id];
    if (known !== undefined) return known;
    const shape = shapeOfParts(node.parts, this);
    this.#shapes[node.id] = shape;
    return shape;
  }

  partKey({ schema, nullFree, bare }: Part): string {
    return `${this.#idFor(schema)}${nullFree ? 'n' : ''}${bare ? 'b' : ''}`;
  }

  #idFor(schema: unknown): number {
    const known = this.#idOf.get(schema);
    if (known !== undefined) return known;
    const id = this.#idOf.size;
    this.#idOf.set(schema, id);
    return id;
  }

  #added(parts: readonly Part[]): SchemaNode {
    const node: SchemaNode = { id: this.#shapes.length, parts };
    this.#shapes.push(undefined);
    return node;
  }

  /** So that everyone who refers to a schema has the same node of it. */
  #withoutPlainReferences(schema: unknown): unknown {
    let at = schema;
    for (let hops = 0; hops < HOPS_MAX; hops += 1) {
      const ref = textOf(fieldOf(at, '$ref'));
      if (ref === undefined || !isObject(at) || !Object.keys(at).every((key) => BESIDE_REFERENCE.has(key))) return at;
      const target = this.references.target(ref);
      if (target === undefined) return at;
      at = target;
    }
    return true; // a circle of references asks for nothing
  }
}
