import type { Bound } from './bounds.ts';
import type { Kind } from './types.ts';

/** A schema as it stands in its document, and whether `null` is allowed whatever it says (`oneOf: [it, null]`). */
export interface Part {
  readonly schema: unknown;
  readonly nullFree: boolean;
  /** Its `oneOf` and `anyOf` are dealt with elsewhere. */
  readonly bare: boolean;
}

export function plainPart(schema: unknown): Part {
  return { schema, nullFree: false, bare: false };
}

/** What all of some schemas ask for at once. Interned: the same parts are the same node. */
export interface SchemaNode {
  readonly id: number;
  readonly parts: readonly Part[];
}

export interface Union {
  /** Its alternatives as they are written, in one order. */
  readonly text: string;
  readonly exclusive: boolean;
  readonly branches: readonly Branch[];
}

export interface Branch {
  readonly node: SchemaNode;
  /** The name of what it refers to, by which it is found again; '' when it stands inline. */
  readonly name: string;
}

/** A schema in its one form, however it was written. */
export interface Shape {
  readonly kinds: ReadonlySet<Kind>;
  /** Canonical text of each; without null, which is a kind. */
  readonly values: ReadonlySet<string> | undefined;
  /** More values may come (`x-extensible-enum`). */
  readonly extensible: boolean;
  readonly format: string | undefined;
  readonly patterns: readonly string[];
  /** Keyword → bound. */
  readonly bounds: ReadonlyMap<string, Bound>;
  readonly multipleOf: number | undefined;
  readonly uniqueItems: boolean;
  readonly properties: ReadonlyMap<string, SchemaNode>;
  readonly required: ReadonlySet<string>;
  readonly closed: boolean;
  /** What other properties must be. */
  readonly additional: SchemaNode;
  readonly patternProperties: ReadonlyMap<string, SchemaNode>;
  readonly items: SchemaNode;
  readonly tuple: readonly SchemaNode[];
  readonly unions: readonly Union[];
  /** Keywords that are not looked into: `not`, `if`, `contains` … → their canonical text. */
  readonly assertions: ReadonlyMap<string, string>;
  readonly discriminator: Discriminator | undefined;
  readonly default: string | undefined;
  readonly readOnly: boolean;
  readonly writeOnly: boolean;
  readonly deprecated: boolean;
  readonly sunset: string | undefined;
  /** References that lead out of the document. */
  readonly foreign: ReadonlySet<string>;
}

export interface Discriminator {
  readonly property: string;
  readonly mapping: ReadonlySet<string>;
}
