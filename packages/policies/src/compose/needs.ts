import { placesIn } from './call-template.ts';
import type { CallConfig } from './schema.ts';

/** The calls whose answers a call is made of. */
export function needsOf(name: string, calls: Readonly<Record<string, CallConfig>>): readonly string[] {
  const call = calls[name];
  if (call === undefined) return [];
  const places = placesIn([call.target, call.headers, call.body]);
  return [...new Set(places.map((place) => place.name).filter((each) => Object.hasOwn(calls, each)))];
}
