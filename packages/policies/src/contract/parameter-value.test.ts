import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeExchange } from '../testing/fake-exchange.ts';
import { ParameterChecks } from './check-parameters.ts';
import type { PlanSchema } from '@gatehouse/schema';
import type { OperationPlan, ParameterPlan } from './plan.ts';
import { SchemaSet } from '@gatehouse/schema';

const INTS: PlanSchema = { type: ['array'], items: { type: ['integer'] } };
const POINT: PlanSchema = {
  type: ['object'],
  properties: { x: { type: ['integer'] }, y: { type: ['integer'] } },
  required: ['x'],
};

type Query = Partial<ParameterPlan> & { readonly schema: PlanSchema };

function plan(given: Query): ParameterPlan {
  return {
    name: 'p',
    in: 'query',
    required: false,
    style: 'form',
    explode: true,
    allowEmpty: false,
    media: undefined,
    ...given,
  };
}

interface Sources {
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
}

function look(
  parameter: Query,
  { query = '', headers = {}, params = {} }: Sources,
  refusesUnknown = false,
): readonly string[] {
  const operation: OperationPlan = {
    method: 'GET',
    path: '/',
    parameters: [plan(parameter)],
    knownQuery: ['key'],
    body: undefined,
    responses: [],
  };
  const set = new SchemaSet([], { direction: 'request', allowsReadOnly: false, tracks: false });
  const { request } = fakeExchange({ query, headers });
  return new ParameterChecks(operation, set, { refusesUnknown })
    .violations(request, params)
    .map((each) => `${each.in} ${each.path} ${each.message}`);
}

describe('a parameter of the query', () => {
  it.each<[string, Query, string, readonly string[]]>([
    ['a number', { schema: { type: ['integer'] } }, '?p=7', []],
    ['none where there may be none', { schema: { type: ['integer'] } }, '', []],
    ['none where there must be one', { schema: true, required: true }, '?q=1', ['query /p is missing']],
    ['a text that is no number', { schema: { type: ['integer'] } }, '?p=7x', ['query /p must be integer']],
    [
      'a number that is too large to be one',
      { schema: { type: ['integer'] } },
      `?p=1e999`,
      ['query /p must be integer'],
    ],
    ['leading zeros, which are none', { schema: { type: ['integer'] } }, '?p=007', ['query /p must be integer']],
    ['a text that looks like a number', { schema: { type: ['string'], minLength: 3 } }, '?p=007', []],
    ['a truth', { schema: { type: ['boolean'] } }, '?p=true', []],
    ['a truth in other words', { schema: { type: ['boolean'] } }, '?p=1', ['query /p must be boolean']],
    [
      'two of which an upstream would choose',
      { schema: { type: ['integer'] } },
      '?p=1&p=2',
      ['query /p cannot be read as it is described'],
    ],
    [
      'one in two spellings',
      { schema: { type: ['integer'] } },
      '?p=1&%70=2',
      ['query /p cannot be read as it is described'],
    ],
    ['a list, one by one', { schema: INTS }, '?p=1&p=2', []],
    ['a list with something else', { schema: INTS }, '?p=1&p=b', ['query /p/1 must be integer']],
    ['a list between commas', { schema: INTS, explode: false }, '?p=1,2,3', []],
    [
      'a comma that is no comma',
      { schema: { type: ['array'], items: { type: ['string'], pattern: ',' } }, explode: false },
      '?p=a%2Cb',
      [],
    ],
    ['a list between spaces', { schema: INTS, style: 'spaceDelimited', explode: false }, '?p=1%202+3', []],
    ['a list between bars', { schema: INTS, style: 'pipeDelimited', explode: false }, '?p=1|2%7C3', []],
    ['a deep object', { schema: POINT, style: 'deepObject' }, '?p[x]=1&p[y]=2', []],
    [
      'a deep object that lacks something',
      { schema: POINT, style: 'deepObject' },
      '?p[y]=2',
      ['query /p/x is missing'],
    ],
    [
      'a deep object with something twice',
      { schema: POINT, style: 'deepObject' },
      '?p[x]=1&p[x]=2',
      ['query /p cannot be read as it is described'],
    ],
    ['an object that is spread out', { schema: POINT }, '?x=1&y=b', ['query /p/y must be integer']],
    ['an object between commas', { schema: POINT, explode: false }, '?p=x,1,y,2', []],
    ['half an object', { schema: POINT, explode: false }, '?p=x,1,y', ['query /p cannot be read as it is described']],
    ['JSON', { schema: POINT, media: 'json' }, '?p=%7B%22x%22%3A1%7D', []],
    ['JSON that is none', { schema: POINT, media: 'json' }, '?p=%7B', ['query /p cannot be read as it is described']],
    ['nothing where that is allowed', { schema: { type: ['integer'] }, allowEmpty: true }, '?p=', []],
    ['nothing where it is not', { schema: { type: ['integer'] } }, '?p', ['query /p must be integer']],
    [
      'bytes that are no text',
      { schema: { type: ['string'] } },
      '?p=%ff',
      ['query /p cannot be read as it is described'],
    ],
    ['a plus, which is a space', { schema: { type: ['string'], pattern: '^a b$' } }, '?p=a+b', []],
    ['a name that is no text', { schema: true }, '?%ff=1', ['query  is not encoded well']],
  ])('is %s', (_name, parameter, query, expected) => {
    expect(look(parameter, { query })).toEqual(expected);
  });

  it('that is not described is let through or refused, as the operator likes; keys are known', () => {
    const known = { schema: POINT, style: 'deepObject' } as const;
    expect(look(known, { query: '?p[x]=1&other=1' })).toEqual([]);
    expect(look(known, { query: '?p[x]=1&other=1' }, true)).toEqual(['query  has a parameter that is not described']);
    expect(look(known, { query: '?p[x]=1&key=1' }, true)).toEqual([]);
  });
});

describe('a parameter elsewhere', () => {
  it.each<[string, Query, Sources, readonly string[]]>([
    [
      'a segment',
      { in: 'path', style: 'simple', explode: false, required: true, schema: { type: ['integer'] } },
      { params: { p: '7' } },
      [],
    ],
    [
      'a segment that is encoded',
      { in: 'path', style: 'simple', explode: false, required: true, schema: { type: ['string'], maxLength: 1 } },
      { params: { p: '%C3%A9' } },
      [],
    ],
    [
      'a segment of another kind',
      { in: 'path', style: 'simple', explode: false, required: true, schema: { type: ['integer'] } },
      { params: { p: 'x' } },
      ['path /p must be integer'],
    ],
    [
      'a list in a segment',
      { in: 'path', style: 'simple', explode: false, required: true, schema: INTS },
      { params: { p: '1,2' } },
      [],
    ],
    [
      'an object in a segment',
      { in: 'path', style: 'simple', explode: true, required: true, schema: POINT },
      { params: { p: 'x=1,y=2' } },
      [],
    ],
    [
      'a field',
      { in: 'header', name: 'x-p', style: 'simple', explode: false, schema: INTS },
      { headers: { 'x-p': '1, 2' } },
      [],
    ],
    [
      'a field that must be there',
      { in: 'header', name: 'x-p', style: 'simple', explode: false, required: true, schema: true },
      {},
      ['header /x-p is missing'],
    ],
    [
      'a cookie',
      { in: 'cookie', schema: { type: ['integer'] } },
      { headers: { cookie: 'a=1; p=x' } },
      ['cookie /p must be integer'],
    ],
    [
      'a cookie that is there twice, of which two readers take another',
      { in: 'cookie', schema: { type: ['integer'] } },
      { headers: { cookie: 'p=1; p=x' } },
      ['cookie /p cannot be read as it is described'],
    ],
    [
      'JSON with a name twice',
      { media: 'json', schema: POINT },
      { query: `?p=${encodeURIComponent('{"x":1,"x":"a"}')}` },
      ['query /p cannot be read as it is described'],
    ],
    [
      'the whole query',
      { in: 'querystring', media: 'form', schema: POINT },
      { query: '?x=1&y=b' },
      ['query /y must be integer'],
    ],
  ])('is %s', (_name, parameter, sources, expected) => {
    expect(look(parameter, sources)).toEqual(expected);
  });
});

it('no text makes it throw', () => {
  const parameters: readonly Query[] = [
    { schema: INTS },
    { schema: POINT, explode: false },
    { schema: POINT, style: 'deepObject' },
    { schema: POINT, media: 'json' },
    { in: 'querystring', media: 'form', schema: POINT },
    { in: 'path', style: 'simple', schema: POINT, required: true },
  ];
  const text = fc.string({
    unit: fc.constantFrom('p', 'x', '=', '&', '[', ']', ',', '%', '2', 'C', '+', '{', '"', ':', '1', 'é'),
  });
  fc.assert(
    fc.property(fc.constantFrom(...parameters), text, (parameter, written) => {
      look(parameter, { query: `?${written}`, params: { p: written } }, true);
    }),
  );
});
