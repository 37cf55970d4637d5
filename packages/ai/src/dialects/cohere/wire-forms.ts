import type { Json } from '../../canonical/json.ts';

/**
 * The wire form of what the canonical form holds only in part, such as the members of a document. It is tied to the
 * object that was read: whoever edits that makes a new one, which has none.
 */
export function keepForm<T extends object>(read: T, form: Json): T {
  FORMS.set(read, form);
  return read;
}

export function formOf(read: object): Json | undefined {
  return FORMS.get(read);
}

const FORMS = new WeakMap<object, Json>();
