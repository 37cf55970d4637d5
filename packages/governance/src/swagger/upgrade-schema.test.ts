import { describe, expect, it } from 'vitest';
import { Losses } from './losses.ts';
import { SchemaUpgrade } from './upgrade-schema.ts';

type Json = Readonly<Record<string, unknown>>;

function upgraded(schema: unknown): { readonly schema: unknown; readonly losses: readonly string[] } {
  const losses = new Losses();
  const reference = (written: string): string | undefined =>
    written.startsWith('#/definitions/') ? written.replace('definitions', 'components/schemas') : undefined;
  const result = new SchemaUpgrade({ losses, reference }).schema(schema, '');
  return { schema: result, losses: losses.all().map(({ pointer, what }) => `${pointer} ${what}`) };
}

const nested = (levels: number): Json => {
  let schema: Json = { type: 'string' };
  for (let i = 0; i < levels; i++) schema = { items: schema };
  return schema;
};

describe('a schema', () => {
  it.each<[string, unknown, unknown]>([
    [
      'keeps what means the same',
      {
        type: 'object',
        title: 't',
        description: 'd',
        minProperties: 1,
        required: ['a'],
        readOnly: true,
        xml: { name: 'x' },
        default: { a: 1 },
        'x-a': 1,
      },
      {
        type: 'object',
        title: 't',
        description: 'd',
        minProperties: 1,
        required: ['a'],
        readOnly: true,
        xml: { name: 'x' },
        default: { a: 1 },
        'x-a': 1,
      },
    ],
    [
      'goes into whatever holds schemas',
      {
        properties: { a: { example: 1 } },
        items: { example: 1 },
        additionalProperties: { example: 1 },
        allOf: [{ example: 1 }],
        not: { example: 1 },
      },
      {
        properties: { a: { examples: [1] } },
        items: { examples: [1] },
        additionalProperties: { examples: [1] },
        allOf: [{ examples: [1] }],
        not: { examples: [1] },
      },
    ],
    [
      'keeps names like of prototypes',
      JSON.parse('{"properties":{"__proto__":{"type":"string"},"constructor":{}},"required":["__proto__"]}'),
      JSON.parse('{"properties":{"__proto__":{"type":"string"},"constructor":{}},"required":["__proto__"]}'),
    ],
    [
      'keeps properties that are called like keywords',
      { properties: { type: { type: 'string' }, $ref: { type: 'string' } } },
      { properties: { type: { type: 'string' }, $ref: { type: 'string' } } },
    ],
    [
      'has exclusive limits by themselves',
      { minimum: 1, exclusiveMinimum: true, maximum: 2, exclusiveMaximum: false },
      { exclusiveMinimum: 1, maximum: 2 },
    ],
    ['may be null by its type', { type: 'string', 'x-nullable': true }, { type: ['string', 'null'] }],
    [
      'of 3.0 may be null too',
      { type: 'string', nullable: true, enum: ['a', null] },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    ['may be null already', { type: ['string', 'null'], nullable: true }, { type: ['string', 'null'] }],
    ['tells its kinds by a property', { discriminator: 'kind' }, { discriminator: { propertyName: 'kind' } }],
    [
      'of 3.0 tells them by a map',
      { discriminator: { propertyName: 'kind', mapping: { a: '#/x' } } },
      { discriminator: { propertyName: 'kind', mapping: { a: '#/x' } } },
    ],
    [
      'is bytes',
      { type: 'string', format: 'binary' },
      { type: 'string', contentMediaType: 'application/octet-stream' },
    ],
    ['has items by their places', { items: [{ type: 'string' }, {}] }, { prefixItems: [{ type: 'string' }, {}] }],
    [
      'refers',
      { $ref: '#/definitions/A', description: 'd', 'x-a': 1 },
      { $ref: '#/components/schemas/A', description: 'd', 'x-a': 1 },
    ],
    ['may be closed', { additionalProperties: false }, { additionalProperties: false }],
  ])('%s', (_, schema, expected) => expect(upgraded(schema)).toEqual({ schema: expected, losses: [] }));

  it.each<[string, unknown, unknown, string]>([
    ['what is none', 5, {}, ' is no schema, any value is taken'],
    [
      'types that there are not',
      { type: ['string', 'any'] },
      { type: 'string' },
      '/type has a type that there is not: "string", "any"',
    ],
    ['a type that there is not', { type: 'any' }, {}, '/type has a type that there is not: "any"'],
    [
      '`required` as draft 3 has it',
      { properties: { a: { required: true } } },
      { properties: { a: {} } },
      '/properties/a/required is not a list of texts, left out',
    ],
    [
      'what stands beside a reference',
      { $ref: '#/definitions/A', maxLength: 1 },
      { $ref: '#/components/schemas/A' },
      '/maxLength stands beside a $ref, where it means nothing, left out',
    ],
    [
      'references to what is elsewhere now',
      { $ref: '#/paths/~1a' },
      {},
      ' refers to what is arranged differently, any value is taken',
    ],
    ['references that are none', { $ref: [] }, {}, ' refers to what is arranged differently, any value is taken'],
    ['keywords of later drafts', { if: {}, $id: 'https://a' }, {}, '/if is not known here, left out'],
    ['limits that are none', { minimum: '1', maxLength: -1, multipleOf: 0 }, {}, '/minimum is not a number, left out'],
    ['an empty choice', { oneOf: [] }, {}, '/oneOf is not a list, left out'],
    ['properties that are none', { properties: [] }, {}, '/properties is not a map, left out'],
    ['a discriminator without a name', { discriminator: {} }, {}, '/discriminator names no property, left out'],
  ])('names %s', (_, schema, expected, loss) => {
    const { schema: result, losses } = upgraded(schema);
    expect(result).toEqual(expected);
    expect(losses).toContain(loss);
  });

  it.each([300, 5000, 100_000])('ends after 200 of %i levels', (levels) => {
    const { losses } = upgraded(nested(levels));
    expect(losses).toEqual([`${'/items'.repeat(200)} is nested deeper than 200 levels, any value is taken`]);
  });

  it('that holds itself ends', () => {
    const schema: Record<string, unknown> = { type: 'array' };
    schema['items'] = schema;
    expect(upgraded(schema)).toEqual({
      schema: { type: 'array', items: {} },
      losses: ['/items holds itself, any value is taken'],
    });
  });

  it('that is shared is upgraded once', () => {
    let schema: Json = { type: 'string', example: 'a' };
    for (let i = 0; i < 60; i++) schema = { allOf: [schema, schema] };
    expect(upgraded(schema).losses).toEqual([]);
  });
});
