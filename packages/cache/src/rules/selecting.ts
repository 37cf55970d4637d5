import type { Field, HeaderOf, StoredReply } from './stored-reply.ts';

/** What a request has in the fields that `Vary` names (RFC 9111 §4.1), made comparable. */
export function selectingFields(vary: string | undefined, request: HeaderOf): readonly Field[] {
  if (vary === undefined) return [];
  const names = [...new Set(vary.split(',').map((name) => name.trim().toLowerCase()))].filter((name) => name !== '');
  return names.toSorted().map((name) => [name, comparable(name, request(name))] as const);
}

export function selects({ selecting }: Pick<StoredReply, 'selecting'>, request: HeaderOf): boolean {
  return selecting.every(([name, value]) => comparable(name, request(name)) === value);
}

/** Fields whose members mean the same in any case and any order (RFC 9110 §12.5). */
const UNORDERED: ReadonlySet<string> = new Set(['accept-language', 'accept-encoding']);

/** Each without white space around it; an expression for what to leave out would be slow on a megabyte of it. */
function trimmed(parts: readonly string[]): string[] {
  return parts.map((part) => part.trim());
}

/** Without the white space that lists may have anywhere. Not being there is another value than being empty. */
function comparable(name: string, value: string | undefined): string {
  if (value === undefined) return '\0';
  const members = value
    .split(',')
    .map((member) => trimmed(member.split(';')).join(';'))
    .filter((member) => member !== '');
  if (!UNORDERED.has(name)) return members.join(',');
  return members
    .map((member) => member.toLowerCase())
    .toSorted()
    .join(',');
}
