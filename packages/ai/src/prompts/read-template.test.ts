import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { readTemplate } from './read-template.ts';

it.each([
  ['', []],
  ['plain { } }} text', [{ text: 'plain { } }} text' }]],
  ['{{a}}', [{ variable: 'a' }]],
  ['x {{ a_1 }}\n{{b}}y', [{ text: 'x ' }, { variable: 'a_1' }, { text: '\n' }, { variable: 'b' }, { text: 'y' }]],
  [String.raw`\{{a}}`, [{ text: '{{' }, { text: 'a}}' }]],
  ['{"a":{"b":1}}', [{ text: '{"a":{"b":1}}' }]],
  ['{{{a}}}', undefined],
  ['{{#if a}}', undefined],
  ['{{a.b}}', undefined],
  ['{{a|upper}}', undefined],
  ['{{ }}', undefined],
  ['{{a', undefined],
  ['{{a}', undefined],
  ['{{1a}}', undefined],
  ['{{a b}}', undefined],
  [`{{${'a'.repeat(65)}}}`, undefined],
  ['{{конец}}', undefined],
])('reads %j', (template, parts) => {
  expect(readTemplate(template)).toEqual(parts);
});

it('loses nothing of any text', () => {
  const piece = fc.constantFrom('{{a}}', '{{ b }}', String.raw`\{{`, '{', '}', '\\', 'x', '\n', '{{#');
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const template = pieces.join('');
      const parts = readTemplate(template);
      if (parts === undefined) return;
      const written = parts.map((part) => ('text' in part ? part.text : `{{${part.variable}}}`)).join('');
      expect(written.replaceAll(' ', '')).toBe(template.replaceAll(String.raw`\{{`, '{{').replaceAll(' ', ''));
    }),
  );
});
