import { objectOf, type RawObject } from './raw-value.ts';
import type { References } from './references.ts';

/** Media type in its one form → what is said of it. Parameters such as `charset` are taken off. */
export function mediaTypesOf(content: unknown, references: References): ReadonlyMap<string, RawObject> {
  const types = new Map<string, RawObject>();
  for (const [written, described] of Object.entries(objectOf(content))) {
    const type = withoutParameters(written);
    if (!types.has(type)) types.set(type, objectOf(references.resolve(described)));
  }
  return types;
}

function withoutParameters(type: string): string {
  const end = type.indexOf(';');
  return (end < 0 ? type : type.slice(0, end)).trim().toLowerCase();
}

/** What covers a type, the nearest first: itself, its kind, everything. */
export function coveringTypes(type: string): readonly string[] {
  const [kind = ''] = type.split('/');
  return [type, `${kind}/*`, '*/*'];
}
