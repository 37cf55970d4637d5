import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitSchema, type SchemaRule } from './fit-schema.ts';
import { isJsonFields, parseExact, type Json, type JsonFields } from './json.ts';
import { Losses } from './loss.ts';
import { KEYWORD_KINDS, TAKES_BOOLEAN } from './schema-keywords.ts';

function fit(schema: JsonFields | undefined, rule: SchemaRule, tool = false): [JsonFields, readonly string[]] {
  const losses = new Losses();
  return [fitSchema(schema, rule, { losses, where: 'tools', tool }), losses.codes];
}

const EMPTY_TOOL = { type: 'object', properties: {} };

describe('fitSchema for a tool', () => {
  const cases: Readonly<Record<string, readonly [JsonFields | undefined, JsonFields]>> = {
    'without a schema': [undefined, EMPTY_TOOL],
    'with an empty schema': [{}, EMPTY_TOOL],
    'with an object of nothing': [{ type: 'object' }, EMPTY_TOOL],
    'without a type': [
      { properties: { a: { type: 'string' } } },
      { type: 'object', properties: { a: { type: 'string' } } },
    ],
    'with a type that is null': [{ type: null }, EMPTY_TOOL],
    'with a type in capitals': [
      { type: 'OBJECT', properties: { a: { type: ['STRING', 'NULL'] } } },
      { type: 'object', properties: { a: { type: ['string', 'null'] } } },
    ],
    'with branches that say what the properties are': [
      { anyOf: [{ type: 'object', properties: {} }] },
      { anyOf: [{ type: 'object', properties: {} }], type: 'object' },
    ],
    'with a schema that is none of an object': [{ type: 'string' }, { type: 'string' }],
  };
  it.each(Object.entries(cases))('%s', (_, [schema, fitted]) => {
    expect(fit(schema, {}, true)).toEqual([fitted, []]);
  });

  it('leaves an empty schema of an answer as it is', () => {
    expect(fit({}, {})).toEqual([{}, []]);
  });
});

describe('fitSchema takes out', () => {
  const cases: Readonly<Record<string, readonly [JsonFields, readonly string[], JsonFields, readonly string[]]>> = {
    'a keyword wherever it stands': [
      {
        format: 'x',
        properties: { a: { format: 'x', items: { format: 'x' } } },
        anyOf: [{ format: 'x' }],
        not: { format: 'x' },
      },
      ['format'],
      { properties: { a: { items: {} } }, anyOf: [{}], not: {} },
      ['dropped:tools.format'],
    ],
    'no property of that name': [
      { properties: { format: { type: 'string' }, pattern: {} }, required: ['format'], $defs: { format: {} } },
      ['format', 'pattern'],
      { properties: { format: { type: 'string' }, pattern: {} }, required: ['format'], $defs: { format: {} } },
      [],
    ],
    'nothing from data': [
      { default: { format: 'x' }, enum: [{ format: 'x' }], examples: [{ format: 'x' }], const: { format: 'x' } },
      ['format'],
      { default: { format: 'x' }, enum: [{ format: 'x' }], examples: [{ format: 'x' }], const: { format: 'x' } },
      [],
    ],
    'what says nothing, without a word': [
      { $schema: 's', $id: 'i', type: 'object' },
      ['$schema', '$id'],
      { type: 'object' },
      [],
    ],
    'a constant that one value of a list can say': [{ const: 'a' }, ['const'], { enum: ['a'] }, []],
    'a constant that nothing can say': [{ const: 'a' }, ['const', 'enum'], {}, ['dropped:tools.const']],
    'oneOf in favour of anyOf': [{ oneOf: [{}] }, ['oneOf'], { anyOf: [{}] }, ['emulated:tools.oneOf']],
    'oneOf beside anyOf': [{ oneOf: [{}], anyOf: [{}] }, ['oneOf'], { anyOf: [{}] }, ['dropped:tools.oneOf']],
    'nullable in favour of a type': [
      { type: 'string', enum: ['a'], nullable: true },
      ['nullable'],
      { type: ['string', 'null'], enum: ['a', null] },
      [],
    ],
    'a nullable that is false': [{ type: 'string', nullable: false }, ['nullable'], { type: 'string' }, []],
    tuples: [
      { prefixItems: [{ type: 'string', format: 'x' }], items: { type: 'number' } },
      ['prefixItems', 'format'],
      { items: { anyOf: [{ type: 'string' }, { type: 'number' }] } },
      ['dropped:tools.format', 'emulated:tools.prefixItems'],
    ],
    'tuples as they were': [
      { items: [{ type: 'string' }], additionalItems: false },
      ['prefixItems'],
      { items: { anyOf: [{ type: 'string' }] } },
      ['emulated:tools.prefixItems'],
    ],
    'nulls and lists of nothing': [
      { type: 'object', description: null, properties: null, required: [], default: null, const: null },
      [],
      { type: 'object', default: null, const: null },
      [],
    ],
    'a flag where a list belongs': [
      { properties: { a: { type: 'string', required: true }, b: { required: false } } },
      [],
      { properties: { a: { type: 'string' }, b: {} } },
      ['dropped:tools.required'],
    ],
    'schemas that are true or false': [
      { properties: { a: true, b: false, c: null, d: 'x' }, items: true, additionalProperties: false },
      [],
      { properties: { a: {}, b: { not: {} }, c: {}, d: {} }, items: {}, additionalProperties: false },
      [],
    ],
    'branches of the keyword that is refused': [
      { not: { type: 'string' }, allOf: [false] },
      ['not'],
      { allOf: [{}] },
      ['dropped:tools.not'],
    ],
  };
  it.each(Object.entries(cases))('%s', (_, [schema, drops, fitted, lost]) => {
    expect(fit(schema, { drops })).toEqual([fitted, lost]);
  });

  it('nothing of long numbers and odd names', () => {
    const text = '{"properties":{"__proto__":{"format":"x","maximum":12345678901234567890},"a.b/c":{}}}';
    const schema = parseExact(text);
    const [fitted] = fit(isJsonFields(schema) ? schema : {}, { drops: ['format'] });
    expect(JSON.stringify(fitted)).toBe(text.replace('"format":"x",', ''));
  });
});

describe('fitSchema writes out references', () => {
  const address = { type: 'object', properties: { city: { type: 'string' } } };
  const cases: Readonly<Record<string, readonly [JsonFields, JsonFields, readonly string[]]>> = {
    'to $defs and definitions': [
      {
        properties: { a: { $ref: '#/$defs/A' }, b: { $ref: '#/definitions/B' } },
        $defs: { A: address },
        definitions: { B: address },
      },
      { properties: { a: address, b: address } },
      [],
    ],
    'at the top': [{ $ref: '#/$defs/A', $defs: { A: address } }, address, []],
    'with words of their own': [
      { items: { $ref: '#/$defs/A', description: 'home' }, $defs: { A: { ...address, description: 'any' } } },
      { items: { ...address, description: 'home' } },
      [],
    ],
    'to references': [
      { items: { $ref: '#/$defs/A' }, $defs: { A: { $ref: '#/$defs/B', title: 'A' }, B: { ...address, title: 'B' } } },
      { items: { ...address, title: 'A' } },
      [],
    ],
    'through escapes': [
      { items: { $ref: '#/$defs/a~1b~0c%20d' }, $defs: { 'a/b~c d': address } },
      { items: address },
      [],
    ],
    'to a member of a list': [{ anyOf: [address, { $ref: '#/anyOf/0' }] }, { anyOf: [address, address] }, []],
    'to true': [{ items: { $ref: '#/$defs/A' }, $defs: { A: true } }, { items: {} }, []],
    'to themselves': [
      { properties: { next: { $ref: '#', description: 'rest' } } },
      { properties: { next: { type: 'object', description: 'rest' } } },
      ['dropped:tools.$ref'],
    ],
    'to each other': [
      {
        items: { $ref: '#/$defs/A' },
        $defs: { A: { properties: { b: { $ref: '#/$defs/B' } } }, B: { properties: { a: { $ref: '#/$defs/A' } } } },
      },
      { items: { properties: { b: { properties: { a: { type: 'object' } } } } } },
      ['dropped:tools.$ref'],
    ],
    'in a circle': [
      { items: { $ref: '#/$defs/A' }, $defs: { A: { $ref: '#/$defs/B' }, B: { $ref: '#/$defs/A' } } },
      { items: { type: 'object' } },
      ['dropped:tools.$ref'],
    ],
    'to nowhere': [{ items: { $ref: '#/$defs/A' } }, { items: { type: 'object' } }, ['dropped:tools.$ref']],
    'to elsewhere': [
      { items: { $ref: 'https://example.com/a.json' } },
      { items: { type: 'object' } },
      ['dropped:tools.$ref'],
    ],
    'that are none': [
      { items: { $ref: 1 }, not: { $ref: '#%' } },
      { items: { type: 'object' }, not: { type: 'object' } },
      ['dropped:tools.$ref'],
    ],
    'to what every object has': [
      { items: { $ref: '#/constructor' } },
      { items: { type: 'object' } },
      ['dropped:tools.$ref'],
    ],
    'but leaves properties of that name': [
      { properties: { $ref: { type: 'string' }, $defs: address, definitions: {} } },
      { properties: { $ref: { type: 'string' }, $defs: address, definitions: {} } },
      [],
    ],
    'that depend on where they are met': [
      { items: { $dynamicRef: '#n' } },
      { items: {} },
      ['dropped:tools.$dynamicRef'],
    ],
  };
  it.each(Object.entries(cases))('%s', (_, [schema, fitted, lost]) => {
    expect(fit(schema, { inlineRefs: true })).toEqual([fitted, lost]);
  });

  it('only when asked to', () => {
    const schema = { $ref: '#/$defs/A', $defs: { A: address } };
    expect(fit(schema, {})).toEqual([schema, []]);
  });

  it('of a tool before it is given a type', () => {
    expect(fit({ $ref: '#/$defs/A', $defs: { A: address } }, { inlineRefs: true }, true)).toEqual([address, []]);
  });

  it('to a bound, whatever they would grow to', () => {
    const names = Array.from({ length: 40 }, (_, at) => [
      `d${at}`,
      { properties: { a: { $ref: `#/$defs/d${at + 1}` }, b: { $ref: `#/$defs/d${at + 1}` } } },
    ]);
    const bomb: JsonFields = { $ref: '#/$defs/d0', $defs: Object.fromEntries(names) };
    const [fitted, lost] = fit(bomb, { inlineRefs: true });
    expect(JSON.stringify(fitted).length).toBeLessThan(4 * 1024 * 1024);
    expect(lost).toEqual(['dropped:tools.$ref']);
    const heavy = {
      anyOf: Array.from({ length: 1000 }, () => ({ $ref: '#/$defs/A' })),
      $defs: { A: { title: 'x'.repeat(10_000) } },
    };
    expect(JSON.stringify(fit(heavy, { inlineRefs: true })[0]).length).toBeLessThan(2 * 1024 * 1024);
  });

  it('to a depth, whatever the schema’s own', () => {
    const nested = (levels: number): JsonFields | undefined => {
      const schema = parseExact(`${'{"items":'.repeat(levels)}{}${'}'.repeat(levels)}`);
      return isJsonFields(schema) ? schema : undefined;
    };
    expect(fit(nested(100), { inlineRefs: true })).toEqual([nested(100), []]);
    const [fitted, lost] = fit(nested(100_000), { inlineRefs: true, closed: true }, true);
    expect(JSON.stringify(fitted).length).toBeLessThan(2000);
    expect(lost).toEqual(['dropped:tools.nesting']);
  });
});

describe('fitSchema closes', () => {
  const cases: Readonly<Record<string, readonly [JsonFields, JsonFields, readonly string[]]>> = {
    'every object, and requires all that it has': [
      { type: 'object', properties: { a: { properties: { b: {} } } }, required: ['a'] },
      {
        type: 'object',
        properties: { a: { properties: { b: {} }, additionalProperties: false, required: ['b'] } },
        required: ['a'],
        additionalProperties: false,
      },
      ['emulated:tools.required'],
    ],
    'what was closed, without a word': [
      { type: 'object', properties: { a: {} }, required: ['a'], additionalProperties: false },
      { type: 'object', properties: { a: {} }, required: ['a'], additionalProperties: false },
      [],
    ],
    'what was open': [
      {
        type: ['object', 'null'],
        properties: { a: { type: 'object' } },
        required: ['a'],
        additionalProperties: { type: 'string' },
      },
      {
        type: ['object', 'null'],
        properties: { a: { type: 'object', additionalProperties: false } },
        required: ['a'],
        additionalProperties: false,
      },
      ['dropped:tools.additionalProperties'],
    ],
    'nothing whose branches say more': [
      { type: 'object', anyOf: [{ type: 'object', properties: { a: {} }, required: ['a'] }] },
      {
        type: 'object',
        anyOf: [{ type: 'object', properties: { a: {} }, required: ['a'], additionalProperties: false }],
      },
      [],
    ],
    'nothing that is no object': [
      { type: 'array', items: { type: 'string' } },
      { type: 'array', items: { type: 'string' } },
      [],
    ],
  };
  it.each(Object.entries(cases))('%s', (_, [schema, fitted, lost]) => {
    expect(fit(schema, { closed: true })).toEqual([fitted, lost]);
  });

  it('a tool without arguments', () => {
    expect(fit(undefined, { closed: true }, true)).toEqual([{ ...EMPTY_TOOL, additionalProperties: false }, []]);
  });
});

/** Keywords anywhere that they stand as keywords. */
function keywordsOf(schema: Json): readonly string[] {
  if (!isJsonFields(schema)) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => [
    keyword,
    ...innerSchemas(keyword, value).flatMap(keywordsOf),
  ]);
}

function innerSchemas(keyword: string, value: Json): readonly Json[] {
  const kind = KEYWORD_KINDS.get(keyword);
  if (kind === undefined || (TAKES_BOOLEAN.has(keyword) && typeof value === 'boolean')) return [];
  if (kind === 'schemas-by-name') return isJsonFields(value) ? Object.values(value) : [];
  if (Array.isArray(value)) return value;
  return kind === 'schema' ? [value] : [];
}

const KEYWORDS = [
  ...KEYWORD_KINDS.keys(),
  '$ref',
  'type',
  'enum',
  'const',
  'required',
  'nullable',
  'format',
  'default',
  '__proto__',
];

/** Anything at all, though under names that mean something. */
const hostile: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom<Json>(null, true, false, 0, '', 'object', 'OBJECT', '#', '#/$defs/a', '#/items', '#/properties/a'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom(...KEYWORDS, 'a'), tie('value')), { maxLength: 5 })
      .map((members): Json => Object.fromEntries(members)),
  ),
})).value;

describe('fitSchema of whatever a stranger sends', () => {
  it('never throws, never returns a dropped keyword, and changes nothing the second time', () => {
    const rule = fc.record({
      drops: fc.subarray(KEYWORDS.filter((keyword) => keyword !== 'type')),
      inlineRefs: fc.boolean(),
      closed: fc.boolean(),
    });
    fc.assert(
      fc.property(hostile, rule, fc.boolean(), (schema, drawn, tool) => {
        const before = JSON.stringify(schema);
        const [fitted, lost] = fit(isJsonFields(schema) ? schema : undefined, drawn, tool);
        expect(keywordsOf(fitted).filter((keyword) => drawn.drops.includes(keyword))).toEqual([]);
        if (drawn.inlineRefs) expect(keywordsOf(fitted)).not.toContain('$ref');
        for (const code of lost) expect(code).toMatch(/^(?:dropped|emulated):tools\.[$\w]+$/);
        expect(JSON.stringify(schema)).toBe(before);
        expect(fit(fitted, drawn, tool)[0]).toEqual(fitted);
      }),
      { numRuns: 2000 },
    );
  });
});
