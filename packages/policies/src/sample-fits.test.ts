import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleOf } from './mock/sample.ts';
import { OpenApiDocument } from './openapi-document.ts';
import { SchemaPlanner } from './contract/plan-schema.ts';
import { SchemaSet } from '@gatehouse/schema';

describe('a sample', () => {
  const leaf = fc.oneof(
    fc.record(
      {
        type: fc.constantFrom('integer', 'number'),
        minimum: fc.integer({ min: -9, max: 9 }),
        multipleOf: fc.constantFrom(1, 2, 5),
      },
      { requiredKeys: ['type'] },
    ),
    fc.record({ type: fc.constant('integer'), exclusiveMinimum: fc.integer({ min: -9, max: 9 }) }),
    fc.record({ type: fc.constant('integer'), maximum: fc.integer({ min: -9, max: 9 }) }),
    fc.record({
      type: fc.constant('string'),
      format: fc.constantFrom(
        'date',
        'date-time',
        'time',
        'duration',
        'email',
        'hostname',
        'ipv4',
        'ipv6',
        'uuid',
        'uri',
        'byte',
      ),
    }),
    fc.record({ type: fc.constant('string'), minLength: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ type: fc.constant('string'), maxLength: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ type: fc.constantFrom('boolean', 'null', ['string', 'null'], ['null', 'integer']) }),
    fc.record({ enum: fc.array(fc.jsonValue(), { minLength: 1, maxLength: 2 }) }),
    fc.record({ const: fc.jsonValue({ maxDepth: 1 }) }),
  );
  const { schema } = fc.letrec<{ schema: unknown }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.record(
        { type: fc.constant('array'), items: tie('schema'), minItems: fc.integer({ min: 0, max: 4 }) },
        { requiredKeys: ['type', 'items'] },
      ),
      fc
        .dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('schema'), { noNullPrototype: true })
        .map((properties) => ({ type: 'object', properties, required: Object.keys(properties) })),
      fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }),
      fc.record({ allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 1 }) }),
    ),
  }));

  it('fits its schema', () => {
    fc.assert(
      fc.property(schema, (written) => {
        const document = new OpenApiDocument({
          file: 'a.json',
          text: JSON.stringify({ openapi: '3.1.0', it: written }),
          readText: () => '',
        });
        const planner = new SchemaPlanner(document, { ignorePatterns: true });
        const part = document.at(document.root, 'it');
        const plan = planner.schema(part);
        const set = new SchemaSet(planner.finish(), { direction: 'reply', allowsReadOnly: true, tracks: false });
        expect([written, set.findings(plan, sampleOf(document, part))]).toEqual([written, []]);
      }),
      { numRuns: 500 },
    );
  });

  const sampled = (written: unknown, more: object = {}): string => {
    const text = JSON.stringify({ openapi: '3.1.0', it: written, ...more });
    const document = new OpenApiDocument({ file: 'a.json', text, readText: () => '' });
    return JSON.stringify(sampleOf(document, document.at(document.root, 'it')));
  };

  it('of a schema inside itself leaves it out', () => {
    const self = { $ref: '#/it' };
    const id = { type: 'integer' };
    expect(sampled({ type: 'object', properties: { next: self, id } })).toBe('{"id":0}');
    expect(sampled({ type: 'array', items: self })).toBe('[]');
    const branch = { type: 'object', properties: { a: self }, required: ['a'] };
    expect(sampled({ oneOf: [branch, id] })).toBe('0');
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`p${n}`, self]));
    expect(sampled({ type: 'object', properties: { ...many, id } })).toBe('{"id":0}');
  });

  it('of schemas that lead to many others, which lead to many more, stays small', () => {
    const level = (n: number): object => ({
      type: 'object',
      properties: Object.fromEntries(Array.from({ length: 9 }, (_, k) => [`p${k}`, { $ref: `#/levels/${n + 1}` }])),
    });
    const levels = [...Array.from({ length: 11 }, (_, n) => level(n)), { type: 'integer' }];
    expect(sampled({ $ref: '#/levels/0' }, { levels }).length).toBeLessThan(100_000);
    const lists = Array.from({ length: 11 }, (_, n) => ({
      type: 'array',
      minItems: 20,
      items: { $ref: `#/lists/${n + 1}` },
    }));
    expect(sampled({ $ref: '#/lists/0' }, { lists: [...lists, { type: 'integer' }] }).length).toBeLessThan(100_000);
  });
});
