import { describe, expect, it } from 'vitest';
import { NOW, PLACES, REQUEST_PLACES, RESPONSE_PLACES, type Place } from './__fixtures__/documents.ts';
import { SCHEMA_ROWS } from './__fixtures__/schema-rows.ts';
import { compareDocuments, type Verdict } from './compare-documents.ts';

function judge(place: Place, [old, newer]: readonly [unknown, unknown]) {
  const { verdict, changes } = compareDocuments(PLACES[place](old), PLACES[place](newer), { now: NOW });
  return { verdict, ids: changes.map(({ id, level }) => `${level} ${id}`) };
}

function check(places: readonly Place[], [old, newer, expected]: readonly [unknown, unknown, Verdict]): void {
  for (const place of places) {
    const { verdict, ids } = judge(place, [old, newer]);
    expect({ place, verdict, ids }).toEqual({ place, verdict: expected, ids });
  }
}

describe('variance of schemas', () => {
  for (const [name, old, newer, request, response] of SCHEMA_ROWS) {
    it(`is ${request} in requests when ${name}`, () => check(REQUEST_PLACES, [old, newer, request]));
    it(`is ${response} in responses when ${name}`, () => check(RESPONSE_PLACES, [old, newer, response]));
  }
});

describe('what is said of schemas that are the same', () => {
  for (const [name, old, newer] of SCHEMA_ROWS) {
    it(`finds nothing between a schema and itself (before ${name})`, () => {
      for (const place of [...REQUEST_PLACES, ...RESPONSE_PLACES]) {
        for (const schema of [old, newer]) expect(judge(place, [schema, structuredClone(schema)]).ids).toEqual([]);
      }
    });
  }
});

/** What is not sent one way, or is open anyway, has nothing to widen the other way. */
const ONE_WAY: ReadonlySet<string> = new Set([
  'a value is removed from an open list',
  'a required write-only property comes',
]);

describe('symmetry', () => {
  for (const [name, old, newer, request, response] of SCHEMA_ROWS) {
    if (request !== 'breaking' || response !== 'compatible' || ONE_WAY.has(name)) continue;
    it(`sees backwards that responses widen by what narrows requests: ${name}`, () => {
      const { verdict } = judge('response body', [newer, old]);
      expect(verdict).not.toBe('compatible');
    });
  }
});
