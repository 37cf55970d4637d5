import type { JsonMap } from '../tree/json-tree.ts';
import { TextShape } from './text-shape.ts';

/** Below that any value is taken. */
const DEPTH_MAX = 24;
/** Names beyond these are not of a type, but keys of a table. */
const PROPERTIES_MAX = 100;
/** A property is required when it was there each time, and that was more than by chance. */
export const SEEN_MIN = 3;

/** How many shapes one document may come to; goes down as they are made. */
export interface ShapeBudget {
  left: number;
}

interface Property {
  readonly shape: ValueShape;
  seen: number;
}

/** What the values at one place have in common. */
export class ValueShape {
  readonly #budget: ShapeBudget;
  readonly #depth: number;
  readonly #types = new Set<string>();
  readonly #text = new TextShape();
  readonly #properties = new Map<string, Property>();
  #objects = 0;
  #items: ValueShape | undefined;
  /** Of the values of a table. */
  #others: ValueShape | undefined;
  /** Any value is taken. */
  #isOpen: boolean;
  /** Nothing but types is known. */
  #isLoose = false;

  constructor(budget: ShapeBudget, depth = 0) {
    this.#budget = budget;
    this.#depth = depth;
    this.#isOpen = depth > DEPTH_MAX || --budget.left < 0;
  }

  add(value: unknown): void {
    if (this.#isOpen) return;
    this.#types.add(typeOf(value));
    if (typeof value === 'string') this.#text.add(value);
    else if (Array.isArray(value)) this.#addItems(value);
    else if (typeof value === 'object' && value !== null) this.#addMembers(Object.entries(value));
  }

  #inner(): ValueShape {
    return new ValueShape(this.#budget, this.#depth + 1);
  }

  #addItems(items: readonly unknown[]): void {
    if (items.length > 0) this.#items ??= this.#inner();
    for (const item of items) this.#items?.add(item);
  }

  #addMembers(members: readonly (readonly [string, unknown])[]): void {
    this.#objects++;
    for (const [name, value] of members) {
      if (this.#others !== undefined) {
        this.#others.add(value);
        continue;
      }
      const property = this.#properties.get(name) ?? { shape: this.#inner(), seen: 0 };
      this.#properties.set(name, property);
      property.seen++;
      property.shape.add(value);
      if (this.#properties.size > PROPERTIES_MAX) this.#becomeTable();
    }
  }

  #becomeTable(): void {
    this.#others = this.#inner();
    for (const { shape } of this.#properties.values()) this.#others.#join(shape);
    this.#properties.clear();
  }

  /** Takes over what another has seen; not one by one, so that nothing but types is known afterwards. */
  #join(other: ValueShape): void {
    this.#isOpen ||= other.#isOpen;
    this.#isLoose = true;
    for (const type of other.#types) this.#types.add(type);
  }

  /** JSON Schema 2020-12. */
  schema(): JsonMap {
    if (this.#isOpen || this.#types.size === 0) return {};
    const types = [...this.#types].filter((each) => each !== 'integer' || !this.#types.has('number')).toSorted();
    const type = types.length === 1 ? types[0] : types;
    if (this.#isLoose) return { type };
    const text = types.includes('string') ? this.#text.schema() : {};
    // A list of values is one of all values, whatever their type.
    const { enum: words, format } = text;
    const isWords = words !== undefined && types.every((each) => each === 'string' || each === 'null');
    return {
      type,
      ...(format !== undefined && { format }),
      ...(isWords && { enum: types.includes('null') ? [...words, null] : words }),
      ...(this.#items !== undefined && { items: this.#items.schema() }),
      ...(types.includes('object') && this.#objectSchema()),
    };
  }

  #objectSchema(): JsonMap {
    if (this.#others !== undefined) return { additionalProperties: this.#others.schema() };
    const properties = [...this.#properties];
    const required = properties
      .filter(([, { seen }]) => seen === this.#objects && seen >= SEEN_MIN)
      .map(([name]) => name);
    return {
      ...(properties.length > 0 && {
        properties: Object.fromEntries(properties.map(([name, { shape }]) => [name, shape.schema()])),
      }),
      ...(required.length > 0 && { required }),
    };
  }
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
