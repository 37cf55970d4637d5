import { restOf } from '../../canonical/collect-ext.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';

/**
 * Members of items, parts and tools that the canonical form has no place for. They stand in `ext` under names such as
 * `tools.output_schema`, so that other dialects can say what they dropped; this dialect's own writer finds them with the
 * forms that they belong to (`keptOf`) and passes over these names.
 */
export class Strays {
  readonly #found = new Map<string, Json>();

  /** What is left of an object: `quiet` members are kept, too, but nobody misses them. */
  rest(where: StrayPlace, fields: JsonFields, { known, quiet = NONE }: Expected): JsonFields | undefined {
    const rest = restOf(fields, known);
    for (const [name, value] of Object.entries(rest ?? {})) {
      if (!quiet.has(name)) this.#found.set(`${where}.${name}`, value);
    }
    return rest;
  }

  get members(): JsonFields {
    return Object.fromEntries(this.#found);
  }
}

type StrayPlace = 'input' | 'tools';

interface Expected {
  readonly known: ReadonlySet<string>;
  readonly quiet?: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

export function isStray(name: string): boolean {
  return name.startsWith('input.') || name.startsWith('tools.');
}
