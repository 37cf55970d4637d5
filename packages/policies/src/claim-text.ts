import type { Principal } from './policy.ts';

/** What a token said under this name, as text; undefined where it said nothing. Objects and lists are their JSON. */
export function claimText({ claims }: Principal, name: string): string | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
