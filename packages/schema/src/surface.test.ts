import { describe, expect, it } from 'vitest';
import type { PlanSchema } from './plan-schema.ts';
import { SchemaSet } from './schema-set.ts';
import { Surface } from './surface.ts';

const name: PlanSchema = { type: ['string'] };
const user: PlanSchema = { type: ['object'], properties: { name } };

/** What is found on a way of names, `*` being the items of a list. */
function kindAt(schema: PlanSchema, way: string, schemas: readonly PlanSchema[] = []): string {
  const set = new SchemaSet(schemas, { direction: 'reply', allowsReadOnly: true, tracks: false });
  let surface = Surface.of(schema, set);
  let kind = 'itself';
  for (const step of way.split('/')) {
    if (step === '*') {
      if (surface.items === undefined) return 'no items';
      surface = surface.items;
      kind = 'items';
      continue;
    }
    const found = surface.member(step);
    kind = found.kind;
    if (found.kind === 'open' || found.kind === 'unknown') return kind;
    ({ surface } = found);
  }
  return kind;
}

describe('what a schema describes', () => {
  it.each<[string, PlanSchema, string, string]>([
    ['has the names of its properties', user, 'name', 'named'],
    ['knows no others beside them', user, 'age', 'unknown'],
    ['is open where nothing is described', { type: ['object'] }, 'age', 'open'],
    ['is open where anything goes', true, 'age', 'open'],
    ['is open where others are welcome', { ...user, additionalProperties: true }, 'age', 'open'],
    ['is open where others are welcome, by a schema that says nothing', { ...user, additionalProperties: {} }, 'age', 'open'], // prettier-ignore
    ['knows no others where none may be', { ...user, additionalProperties: false }, 'age', 'unknown'],
    ['knows none where there may be none', { additionalProperties: false }, 'age', 'unknown'],
    ['has the keys of a table', { additionalProperties: user }, 'x/name', 'named'],
    ['has no others in its rows', { additionalProperties: user }, 'x/age', 'unknown'],
    ['has names that fit a pattern', { patternProperties: { '^x-': name } }, 'x-a', 'any'],
    ['has none that do not', { patternProperties: { '^x-': name } }, 'y', 'unknown'],
    ['has items', { items: user }, '*/name', 'named'],
    ['has the first items', { prefixItems: [user] }, '*/name', 'named'],
    ['says nothing of items', user, '*', 'no items'],
    ['is joined by allOf', { allOf: [user, { properties: { age: name } }] }, 'age', 'named'],
    ['is not opened by a part of allOf that says nothing', { allOf: [user, true, { required: ['x'] }] }, 'x', 'unknown'], // prettier-ignore
    ['is that of any alternative', { oneOf: [user, { properties: { age: name } }] }, 'age', 'named'],
    ['is opened by an alternative that takes any object', { anyOf: [user, { type: ['object'] }] }, 'x', 'open'],
    ['is opened by an alternative that takes anything', { anyOf: [user, true] }, 'x', 'open'],
    ['is not opened by one that takes no object', { anyOf: [user, { type: ['null'] }, false] }, 'x', 'unknown'],
    ['is that of conditions too', { ...user, if: true, else: { properties: { age: name } } }, 'age', 'named'],
    ['has no name of objects that all have', user, 'constructor', 'unknown'],
    ['has a name that looks like one of all objects', { properties: JSON.parse('{"__proto__":{}}') }, '__proto__', 'named'], // prettier-ignore
    ['is joined where two describe one member', { allOf: [{ properties: { a: user } }, { properties: { a: { properties: { b: name } } } }] }, 'a/b', 'named'], // prettier-ignore
  ])('%s', (_, schema, way, expected) => expect(kindAt(schema, way)).toBe(expected));

  it('goes through references that come back', () => {
    const tree: PlanSchema = { properties: { children: { items: { $ref: 0 } } } };
    expect(kindAt({ $ref: 0 }, 'children/*/children/*/children', [tree])).toBe('named');
    expect(kindAt({ $ref: 0 }, 'children/*/other', [tree])).toBe('unknown');
  });

  it('takes no longer for schemas that share parts many times over', () => {
    const schemas = Array.from({ length: 60 }, (_, at): PlanSchema =>
      at === 59 ? user : { allOf: [{ $ref: at + 1 }], anyOf: [{ $ref: at + 1 }, { $ref: at + 1 }] },
    );
    expect(kindAt({ $ref: 0 }, 'name', schemas)).toBe('named');
  });
});
