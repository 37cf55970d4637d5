import { mergedShape, type FieldShape } from '@gatehouse/kernel';
import { typeOfValue } from '@gatehouse/schema';

const DEPTH_MAX = 6;
/** More names beside each other are the keys of a table. */
const MEMBERS_MAX = 30;
const ITEMS_MAX = 20;
const NAME = /^[A-Za-z_$@][A-Za-z0-9_.$:-]{0,63}$/;
/** Names that are values by the looks of them: numbers, hashes, ids of any make. */
const VALUES: readonly RegExp[] = [
  /\d{5}/,
  /^(?=.*\d)[0-9a-f_-]{12,}$/i,
  /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9_-]{16,}$/,
  /^(?=.*\d)[0-9A-Z]{16,}$/,
];

/** A name that nobody has described, or a star for one that might be a value: an id, an address, a text. */
export function tellable(name: string): string {
  return NAME.test(name) && !VALUES.some((pattern) => pattern.test(name)) ? name : '*';
}

/** Makes shapes of values, of so many parts in all. */
export class ShapeMaker {
  #partsLeft: number;

  constructor(partsMax: number) {
    this.#partsLeft = partsMax;
  }

  of(value: unknown, depth = 0): FieldShape {
    const types = [typeNameOf(value)];
    if (typeof value !== 'object' || value === null || depth >= DEPTH_MAX) return { types };
    if (Array.isArray(value)) {
      const items = this.#merged(value.slice(0, ITEMS_MAX), depth);
      return { types, ...(items !== undefined && { items }) };
    }
    const members = this.#members(Object.entries(value), depth);
    return { types, ...(members !== undefined && { members }) };
  }

  #members(entries: readonly (readonly [string, unknown])[], depth: number): FieldShape['members'] {
    if (entries.length === 0) return undefined;
    const isTable = entries.length > MEMBERS_MAX;
    const byName = Map.groupBy(entries.slice(0, MEMBERS_MAX), ([name]) => (isTable ? '*' : tellable(name)));
    const members = [...byName].flatMap(([name, alike]) => {
      const shape = this.#merged(
        alike.map(([, value]) => value),
        depth,
      );
      return shape === undefined ? [] : [[name, shape] as const];
    });
    return Object.fromEntries(members);
  }

  #merged(values: readonly unknown[], depth: number): FieldShape | undefined {
    let merged: FieldShape | undefined;
    for (const value of values) {
      if (--this.#partsLeft < 0) break;
      const shape = this.of(value, depth + 1);
      merged = merged === undefined ? shape : mergedShape(merged, shape);
    }
    return merged;
  }
}

/** A number is an integer until one is not. */
export function typeNameOf(value: unknown): string {
  return Number.isInteger(value) ? 'integer' : typeOfValue(value);
}
