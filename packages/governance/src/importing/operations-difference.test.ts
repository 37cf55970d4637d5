import { describe, expect, it } from 'vitest';
import { operationsOf } from '../operations/operations-of.ts';
import { operationsDifference } from './operations-difference.ts';

type Json = Readonly<Record<string, unknown>>;

const of = (paths: Json): ReturnType<typeof operationsOf> => operationsOf({ openapi: '3.1.0', paths });
const NOTHING = { added: [], removed: [], changed: [], unchanged: 1 };
const query = (name: string, required: boolean, schema: Json = {}): Json => ({ name, in: 'query', required, schema });
const one = (operation: Json, path = '/a/{b}'): Json => ({ [path]: { get: { operationId: 'o', ...operation } } });

describe('the difference', () => {
  it.each<[string, Json, Json, Json]>([
    ['of the same is none', one({}), one({}), NOTHING],
    ['of other names of segments is none', one({ summary: 's' }), one({ summary: 's' }, '/a/{c}'), NOTHING],
    ['is what was added', one({}), { ...one({}), '/b': { post: {} } }, { ...NOTHING, added: ['POST /b'] }],
    ['is what is gone', { ...one({}), '/b': { post: {} } }, one({}), { ...NOTHING, removed: ['POST /b'] }],
    [
      'is another name',
      one({}),
      one({ operationId: 'p' }),
      { ...NOTHING, unchanged: 0, changed: [{ operation: 'GET /a/{b}', parts: ['name'] }] },
    ],
    [
      'is another description',
      one({}),
      one({ summary: 's', tags: ['t'] }),
      { ...NOTHING, unchanged: 0, changed: [{ operation: 'GET /a/{b}', parts: ['description'] }] },
    ],
    [
      'is another parameter',
      one({}),
      one({ parameters: [query('q', false)] }),
      { ...NOTHING, unchanged: 0, changed: [{ operation: 'GET /a/{b}', parts: ['parameters', 'input'] }] },
    ],
    [
      'is one that has to be there',
      one({ parameters: [query('q', false)] }),
      one({ parameters: [query('q', true)] }),
      { ...NOTHING, unchanged: 0, changed: [{ operation: 'GET /a/{b}', parts: ['parameters', 'input'] }] },
    ],
    [
      'is one of another type',
      one({ parameters: [query('q', true)] }),
      one({ parameters: [query('q', true, { type: 'integer' })] }),
      { ...NOTHING, unchanged: 0, changed: [{ operation: 'GET /a/{b}', parts: ['input'] }] },
    ],
    [
      'is that it will end',
      one({}),
      one({ deprecated: true }),
      { ...NOTHING, unchanged: 0, changed: [{ operation: 'GET /a/{b}', parts: ['deprecated'] }] },
    ],
  ])('%s', (_, before, after, expected) => expect(operationsDifference(of(before), of(after))).toEqual(expected));
});
