import { describe, expect, it } from 'vitest';
import { LineIndex } from './line-index.ts';

const positions = (text: string, offsets: readonly number[]): string[] => {
  const index = new LineIndex(text);
  return offsets.map((offset) => {
    const { line, column } = index.position(offset);
    return `${line}:${column}`;
  });
};

describe('LineIndex', () => {
  it('counts lines and columns from 1', () => {
    expect(positions('ab\ncd\n', [0, 1, 2, 3, 5])).toEqual(['1:1', '1:2', '1:3', '2:1', '2:3']);
  });

  it('puts the end of a text that ends with a line break on a line of its own', () => {
    expect(positions('ab\n', [3])).toEqual(['2:1']);
  });

  it('has one line for an empty text', () => {
    expect(positions('', [0])).toEqual(['1:1']);
  });

  it('counts a carriage return as a character of its line', () => {
    expect(positions('a\r\nb', [1, 3])).toEqual(['1:2', '2:1']);
  });

  it('counts empty lines', () => {
    expect(positions('\n\n\nx', [0, 1, 2, 3])).toEqual(['1:1', '2:1', '3:1', '4:1']);
  });

  it('finds every line of a long text', () => {
    const text = Array.from({ length: 1000 }, (_, line) => 'x'.repeat(line % 7)).join('\n');
    const index = new LineIndex(text);
    let offset = 0;
    for (const [line, content] of text.split('\n').entries()) {
      expect(index.position(offset)).toEqual({ line: line + 1, column: 1 });
      offset += content.length + 1;
    }
  });
});
