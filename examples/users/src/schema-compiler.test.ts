import { describe, expect, it } from 'vitest';
import { DocumentNode } from './document-node.ts';
import type { Fields } from './fields.ts';
import { SchemaCompiler } from './schema-compiler.ts';

function compile(schema: Fields, others: Fields = {}) {
  const document = { components: { schemas: { Subject: schema, ...others } } };
  const node = DocumentNode.root(document).child('components')?.child('schemas')?.child('Subject');
  if (node === undefined) throw new Error('no schema');
  return { node, compiler: new SchemaCompiler(document) };
}

describe('a compiled schema', () => {
  it('finds nothing wrong with what fits', () => {
    const { compiler, node } = compile({ type: 'string', format: 'email' });
    expect(compiler.value(node)('ada@people.example')).toEqual([]);
  });

  it('names every fault with a pointer into the value', () => {
    const { compiler, node } = compile(
      {
        type: 'object',
        required: ['a/b'],
        additionalProperties: false,
        properties: { 'a/b': {}, list: { type: 'array', items: { $ref: '#/components/schemas/Item' } } },
      },
      { Item: { type: 'integer' } },
    );
    expect(compiler.value(node)({ list: [1, 'x'], 'm~n': 1 })).toEqual([
      { pointer: '/a~1b', detail: 'is required' },
      { pointer: '/m~0n', detail: 'is not known' },
      { pointer: '/list/1', detail: 'must be integer' },
    ]);
  });

  it('does not turn text into numbers in a body', () => {
    const { compiler, node } = compile({ type: 'integer' });
    expect(compiler.value(node)('7')).toHaveLength(1);
  });

  it('keeps what it says about one fault short', () => {
    const { compiler, node } = compile({ type: 'object', additionalProperties: false });
    const [fault] = compiler.value(node)({ ['👩'.repeat(9000)]: 1 });
    expect(Array.from(fault?.pointer ?? '')).toHaveLength(500);
    expect(fault?.pointer?.isWellFormed()).toBe(true);
  });

  it('is made once for each place', () => {
    const { compiler, node } = compile({ type: 'string' });
    expect(compiler.value(node)).toBe(compiler.value(node));
  });

  it('refuses a schema with a word that means nothing', () => {
    const { compiler, node } = compile({ type: 'string', maxLenght: 3 });
    expect(() => compiler.value(node)).toThrow('unknown keyword: "maxLenght"');
  });
});

describe('compiled members', () => {
  it('are required, refused or let through as told', () => {
    const { compiler, node } = compile({ type: 'integer', maximum: 9 });
    const members = new Map([['limit', node]]);
    const closed = compiler.members(members, { required: ['limit'], allowsOthers: false });
    expect(closed({ limit: 7 })).toEqual([]);
    expect(closed({ limit: 10 })).toEqual([{ pointer: '/limit', detail: 'must be <= 9' }]);
    expect(closed({})).toEqual([{ pointer: '/limit', detail: 'is required' }]);
    expect(closed({ limit: 1, other: '2' })).toEqual([{ pointer: '/other', detail: 'is not known' }]);
    expect(compiler.members(members, { required: [], allowsOthers: true })({ other: '2' })).toEqual([]);
  });

  it('may be none at all', () => {
    const { compiler } = compile({});
    expect(compiler.members(new Map(), { required: [], allowsOthers: true })({ other: 1 })).toEqual([]);
    expect(compiler.members(new Map(), { required: [], allowsOthers: false })({ other: 1 })).toHaveLength(1);
  });
});
