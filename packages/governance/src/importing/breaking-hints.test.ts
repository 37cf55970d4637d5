import { describe, expect, it } from 'vitest';
import { compareDocuments } from '../breaking/compare-documents.ts';
import { operationsOf } from '../operations/operations-of.ts';
import { breakingHints, hintsOfOperations, type BreakingHint } from './breaking-hints.ts';
import { operationsDifference } from './operations-difference.ts';

type Json = Readonly<Record<string, unknown>>;

const document = (paths: Json): Json => ({ openapi: '3.1.0', paths });
const query = (name: string, required: boolean): Json => ({ name, in: 'query', required, schema: { type: 'string' } });
const one = (operation: Json): Json => ({ '/a/{b}': { get: { operationId: 'o', ...operation } } });
const reply = (schema: Json): Json =>
  one({ responses: { 200: { description: '', content: { 'application/json': { schema } } } } });
const hints = (before: Json, after: Json): readonly BreakingHint[] =>
  breakingHints(compareDocuments(document(before), document(after), { now: 0 }));

describe('what a new document does to callers', () => {
  it.each<[string, Json, Json, readonly Partial<BreakingHint>[]]>([
    ['is nothing where it is the same', one({}), one({}), []],
    ['is nothing where it adds', one({}), { ...one({}), '/b': { post: {} } }, []],
    ['is nothing where words change', one({ summary: 'a' }), one({ summary: 'b', tags: ['t'] }), []],
    ['is nothing where input is added that need not be there', one({}), one({ parameters: [query('q', false)] }), []],
    [
      'is a break where an operation is gone',
      { ...one({}), '/b': { post: {} } },
      one({}),
      [
        {
          level: 'error',
          id: 'operation-removed',
          operation: 'POST /b',
          message: 'the operation was removed without having been deprecated with a sunset',
        },
      ],
    ],
    [
      'is a break where input has to be there',
      one({}),
      one({ parameters: [query('q', true)] }),
      [{ level: 'error', operation: 'GET /a/{b}', message: 'the required parameter q was added' }],
    ],
    [
      'is a break where replies have another type',
      reply({ type: 'string' }),
      reply({ type: 'integer' }),
      [
        {
          level: 'error',
          operation: 'GET /a/{b}',
          path: 'responses.200.application/json',
          message: 'the type was changed from string to integer',
        },
      ],
    ],
    [
      'is a warning where it may break',
      reply({ type: 'string', enum: ['a'] }),
      reply({ type: 'string', enum: ['a', 'b'] }),
      [{ level: 'warning', operation: 'GET /a/{b}', message: 'the value "b" was added' }],
    ],
    [
      'begins with the worst',
      { ...reply({ type: 'string', enum: ['a'] }), '/z': { get: {} } },
      reply({ type: 'string', enum: ['a', 'b'] }),
      [{ operation: 'GET /z' }, { operation: 'GET /a/{b}' }],
    ],
  ])('%s', (_, before, after, expected) => {
    const found = hints(before, after);
    expect(found).toMatchObject(expected);
    expect(found).toHaveLength(expected.length);
  });

  it('is told by the operations alone where documents cannot be compared', () => {
    const before = { ...one({ parameters: [query('q', false)] }), '/b': { post: {} }, '/c': { get: {} } };
    const after = { ...one({ parameters: [query('q', true)] }), '/c': { get: { summary: 's' } }, '/d': { get: {} } };
    const difference = operationsDifference(operationsOf(document(before)), operationsOf(document(after)));
    expect(hintsOfOperations(difference, 'too many')).toEqual([
      { level: 'error', operation: 'POST /b', message: 'is gone' },
      { level: 'warning', operation: 'GET /a/{b}', message: 'takes other input' },
      {
        level: 'warning',
        operation: '',
        message: 'more may break, the documents cannot be compared: too many',
      },
    ]);
  });
});
