import type { DialectName } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';

export const OWN = 'openai-responses';

/** OpenAI's two dialects share one store of files, what marks of the cache mean, and what a strict schema is. */
export function isOpenAis(dialect: DialectName): boolean {
  return dialect === OWN || dialect === 'openai-chat';
}

/**
 * What an item of this dialect says beside what its canonical form has a place for, such as the id of a message. It is
 * tied to the object that was read: this dialect's writers put it back, and whoever makes a new object in its place, such
 * as a policy that edits a text, leaves it behind. Other dialects never see it.
 */
export function keep<T extends object>(form: T, rest: JsonFields | undefined): T {
  if (rest !== undefined) KEPT.set(form, rest);
  return form;
}

export function keptOf(form: object): JsonFields | undefined {
  return KEPT.get(form);
}

const KEPT = new WeakMap<object, JsonFields>();
