import { describe, expect, it } from 'vitest';
import { DocumentNode } from './document-node.ts';

const root = DocumentNode.root({
  paths: { '/a~b': { list: [{ name: 'first' }, { $ref: '#/parts/second' }, 'text'], other: { $ref: '#/parts/gone' } } },
  parts: { second: { $ref: '#/parts/third~1c' }, 'third/c': { name: 'third' } },
  title: 'Title',
});

describe('a place in the document', () => {
  it('knows its escaped pointer', () => {
    expect(root.child('paths')?.child('/a~b')?.pointer).toBe('/paths/~1a~0b');
  });

  it('follows references, and then has the pointer of what they mean', () => {
    const [first, second, ...rest] = root.child('paths')?.child('/a~b')?.items('list') ?? [];
    expect(first).toMatchObject({ pointer: '/paths/~1a~0b/list/0', value: { name: 'first' } });
    expect(second).toMatchObject({ pointer: '/parts/third~1c', value: { name: 'third' } });
    expect(rest).toEqual([]);
  });

  it('has no child where the document has none, or no object', () => {
    expect(root.child('absent')).toBeUndefined();
    expect(root.child('title')).toBeUndefined();
    expect(root.child('constructor')).toBeUndefined();
    expect(root.items('title')).toEqual([]);
  });

  it('lists its children', () => {
    const parts = root.child('parts')?.children() ?? [];
    expect(parts.map(([key, node]) => [key, node.pointer])).toEqual([
      ['second', '/parts/third~1c'],
      ['third/c', '/parts/third~1c'],
    ]);
  });

  it('refuses a reference that leads nowhere', () => {
    expect(() => root.child('paths')?.child('/a~b')?.child('other')).toThrow(
      '/paths/~1a~0b/other refers to #/parts/gone, which is missing',
    );
  });

  it('reads text and says which one is missing', () => {
    expect(root.text('title')).toBe('Title');
    expect(() => root.child('parts')?.text('name')).toThrow('/parts/name is missing');
  });
});
