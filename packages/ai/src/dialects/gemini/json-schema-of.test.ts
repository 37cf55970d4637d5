import { describe, expect, it } from 'vitest';
import { jsonSchemaOf } from './json-schema-of.ts';

describe("Google's schema", () => {
  it.each([
    [
      { type: 'STRING', format: 'enum', enum: ['a'] },
      { type: 'string', enum: ['a'] },
    ],
    [
      { type: 'STRING', format: 'date-time' },
      { type: 'string', format: 'date-time' },
    ],
    [{ type: 'INTEGER', nullable: true }, { type: ['integer', 'null'] }],
    [
      { type: 'STRING', nullable: true, enum: ['a'] },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    [{ anyOf: [{ type: 'STRING' }], nullable: true }, { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    [
      { type: 'ARRAY', items: { type: 'NUMBER' }, minItems: '1', maxItems: '9' },
      { type: 'array', items: { type: 'number' }, minItems: 1, maxItems: 9 },
    ],
    [{ any_of: [{ type: 'NULL' }, { type: 'BOOLEAN' }] }, { anyOf: [{ type: 'null' }, { type: 'boolean' }] }],
    [{ type: 'TYPE_UNSPECIFIED', example: 1 }, { examples: [1] }],
    [
      { type: 'object', additionalProperties: false },
      { type: 'object', additionalProperties: false },
    ],
    [
      { defs: { a: { type: 'STRING' } }, ref: '#/$defs/a' },
      { $defs: { a: { type: 'string' } }, $ref: '#/$defs/a' },
    ],
  ])('%j is %j in JSON Schema', (schema, expected) => {
    expect(jsonSchemaOf(schema, 'x')).toEqual(expected);
  });

  it('has properties in the order that it wishes, under names that are left alone', () => {
    const schema = jsonSchemaOf(
      {
        type: 'OBJECT',
        properties: { type: { type: 'STRING' }, max_items: { type: 'STRING' }, nullable: { type: 'STRING' } },
        propertyOrdering: ['nullable', 'max_items', 'gone'],
        required: ['type'],
      },
      'x',
    );
    expect(JSON.stringify(schema)).toBe(
      '{"type":"object","properties":{"nullable":{"type":"string"},"max_items":{"type":"string"},"type":{"type":"string"}},"required":["type"]}',
    );
  });

  it('is refused when it is nested without end', () => {
    let deep: object = { type: 'STRING' };
    for (let at = 0; at < 100; at++) deep = { type: 'ARRAY', items: deep };
    expect(() => jsonSchemaOf(JSON.parse(JSON.stringify(deep)), 'x')).toThrow('nested too deeply');
  });
});
