import type { JsonFields } from '../../canonical/json.ts';
import type { FieldReader } from './field-reader.ts';

/**
 * Gathers what a request says inside its messages and tools beyond the canonical form, so that `ext` names it at the top
 * (`tools.defer_loading`), where writers of other dialects look for what they drop.
 */
export class NamedExtras {
  readonly #names = new Set<string>();

  of(reader: FieldReader, place: string, known: readonly string[]): JsonFields | undefined {
    const members = reader.rest(known);
    for (const [name, value] of Object.entries(members ?? {})) if (!isDefault(name, value)) this.add(place, name);
    return members;
  }

  add(place: string, name: string): void {
    this.#names.add(`${place}.${name}`);
  }

  get fields(): JsonFields {
    return Object.fromEntries([...this.#names].map((name) => [name, true]));
  }
}

/** A name that the top level of a request cannot have. */
export function isNestedName(name: string): boolean {
  return name.includes('.');
}

/** What answers hold and callers send back says nothing when it is this. */
function isDefault(name: string, value: unknown): boolean {
  if (name !== 'caller') return false;
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'direct';
}
