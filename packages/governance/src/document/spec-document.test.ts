import { expect, it } from 'vitest';
import { parseSpec, UnreadableDocument } from './spec-document.ts';

const YAML = `openapi: 3.1.0
paths:
  /users:
    get:
      tags: [a, b]
`;

it.each([
  [YAML, ['paths', '/users', 'get'], { line: 4, column: 5 }],
  [YAML, ['paths', '/users', 'get', 'tags', 1], { line: 5, column: 17 }],
  [YAML, ['paths', '/none', 'get'], { line: 2, column: 1 }],
  ['{"a":\n {"b": 1}}', ['a', 'b'], { line: 2, column: 3 }],
])('knows where something is written (%#)', (text, path, place) => {
  expect(parseSpec(text, 'a.yaml').placeOf(path)).toEqual(place);
});

it('says where a text stops being a tree', () => {
  expect(() => parseSpec('a: [1\nb: 2', 'a.yaml')).toThrow(UnreadableDocument);
});
