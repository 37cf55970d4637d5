import type { ChatRequest, DialectName } from './chat-request.ts';
import type { JsonFields } from './json.ts';
import type { Losses } from './loss.ts';

/** What `ext` keeps of an object: members that are not known and not null; undefined when there are none. */
export function restOf(fields: JsonFields, known: ReadonlySet<string>): JsonFields | undefined {
  const rest = Object.entries(fields).filter(([name, value]) => value !== null && !known.has(name));
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}

/** Names as dropped what the caller said in a dialect that `speaker` is not. */
export function loseExt(request: ChatRequest, speaker: DialectName, losses: Losses): void {
  const names = Object.entries(request.ext).flatMap(([dialect, rest]) =>
    dialect === speaker ? [] : Object.keys(rest),
  );
  for (const name of names.slice(0, NAMED_MAX)) losses.add('dropped', NAME.test(name) ? name : 'odd_member');
  if (names.length > NAMED_MAX) losses.add('dropped', 'more_members');
}

/** Losses go into a header, and these names are the caller's to choose. */
const NAME = /^[\w.-]{1,64}$/;
const NAMED_MAX = 32;
