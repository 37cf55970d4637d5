import type { Ext } from '../../canonical/chat-request.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';

/**
 * What a part or a declaration says in this dialect beyond its canonical form. It rides on the canonical object, so that
 * copies keep it and it is found again however turns are shaped; to other dialects it does not exist.
 */
export function withNatives(natives: JsonFields | undefined): { readonly ext?: Ext } {
  return natives === undefined ? {} : { ext: { gemini: natives } };
}

export function nativesOf(canonical: object): JsonFields | undefined {
  const ext: unknown = 'ext' in canonical ? canonical.ext : undefined;
  const own = isJsonFields(ext) ? ext['gemini'] : undefined;
  return isJsonFields(own) ? own : undefined;
}

/**
 * Gathers `ext.gemini` of a request: members of the top level by their name, those of an object inside as
 * `generationConfig.speechConfig`. Of what rides on parts and declarations only the name is here, for whoever drops it.
 */
export class NativeMembers {
  readonly #members = new Map<string, Json>();

  add(name: string, value: Json): void {
    this.#members.set(name, value);
  }

  addAll(container: string, fields: JsonFields | undefined): void {
    for (const [name, value] of Object.entries(fields ?? {})) this.add(`${container}.${name}`, value);
  }

  /** The given members for one part or declaration; their names are noted. */
  riding(place: string, natives: JsonFields | undefined): { readonly ext?: Ext } {
    for (const name of Object.keys(natives ?? {})) this.add(`${place}.${name}`, true);
    return withNatives(natives);
  }

  get ext(): Ext {
    return this.#members.size === 0 ? {} : { gemini: Object.fromEntries(this.#members) };
  }
}
