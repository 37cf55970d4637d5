import fc from 'fast-check';
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../document/spec-document.ts';
import { pathOf } from '../../document/json-value.ts';
import { withAdditions, type Addition } from './json-patch.ts';
import { patchedText } from './patched-text.ts';

function grown(text: string, additions: Readonly<Record<string, unknown>>, file = 'a.yaml'): string {
  const spec = parseSpec(text, file);
  const list = Object.entries(additions).map(([pointer, value]): Addition => ({ path: pathOf(pointer) ?? [], value }));
  const root = withAdditions(spec.root, list);
  expect(root).toBeDefined();
  return patchedText(spec, root);
}

describe('a text that grows', () => {
  it.each<[string, string, Readonly<Record<string, unknown>>, string]>([
    ['gets a member on a line of its own', 'a:\n  b: 1 # one\nc: 2\n', { '/a/d': { e: [] } }, 'a:\n  b: 1 # one\n  d:\n    e: []\nc: 2\n'], // prettier-ignore
    ['gets one behind a nested map', 'a:\n  b:\n    c: 1\n', { '/a/d': 2, '/a/b/e': 3 }, 'a:\n  b:\n    c: 1\n    e: 3\n  d: 2\n'], // prettier-ignore
    ['gets one behind a block of text', 'a:\n  b: |\n    x\n\n    y\nc: 1\n', { '/a/d': 2 }, 'a:\n  b: |\n    x\n\n    y\n  d: 2\nc: 1\n'], // prettier-ignore
    ['gets one where the last line is open', 'a:\n  b: 1', { '/a/d': 2 }, 'a:\n  b: 1\n  d: 2\n'],
    ['gets an item', 'a:\n  - x # first\n  - y\nb: 1\n', { '/a/-': 'z' }, 'a:\n  - x # first\n  - y\n  - z\nb: 1\n'],
    ['gets an item that is a map', 'a:\n- b: 1\n  c: 2\n', { '/a/-': { d: 3 }, '/a/0/e': 4 }, 'a:\n- b: 1\n  c: 2\n  e: 4\n- d: 3\n'], // prettier-ignore
    ['gets a member in braces', 'a: { b: 1, c: x } # here\n', { '/a/d': { type: 'string' } }, 'a: { b: 1, c: x, d: { type: string } } # here\n'], // prettier-ignore
    ['gets an item in brackets', 'a: [x, y]\n', { '/a/-': 'two words' }, 'a: [x, y, "two words"]\n'],
    ['gets a member in empty braces', 'a: {}\n', { '/a/b': 1 }, 'a: { b: 1 }\n'],
    ['gets an item in empty brackets', 'a: []\n', { '/a/-': 1 }, 'a: [1]\n'],
    ['gets a member behind a last comma', 'a: { b: 1, }\n', { '/a/c': 1 }, 'a: { b: 1, c: 1 }\n'],
    ['quotes a number that is a name', 'a:\n  "200": x\n', { '/a/409': 'no' }, 'a:\n  "200": x\n  \'409\': no\n'],
    ['quotes a word that means more', 'a: { b: 1 }\n', { '/a/c': 'yes' }, 'a: { b: 1, c: "yes" }\n'],
    ['stays compact JSON', '{"a":{"b":1}}', { '/a/c': [2] }, '{"a":{"b":1, "c": [2]}}'],
    ['stays JSON over several lines', '{\n  "a": {\n    "b": 1\n  }\n}\n', { '/a/c': { d: 2 } }, '{\n  "a": {\n    "b": 1,\n    "c": {\n      "d": 2\n    }\n  }\n}\n'], // prettier-ignore
    ['is written anew where an alias would grow elsewhere too', 'a: &x\n  b: 1 # gone\nc: *x\n', { '/c/d': 2 }, 'a:\n  b: 1\nc:\n  b: 1\n  d: 2\n'], // prettier-ignore
  ])('%s', (_, text, additions, expected) => expect(grown(text, additions)).toBe(expected));

  const name = fc.constantFrom('a', 'b', 'c d', '200', 'null', 'x: y', '#z', '- q', '__proto__', 'é', '');
  const value = fc.letrec<{ value: unknown; map: unknown }>((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, name, fc.constantFrom<unknown>(null, 1, true, 'a\nb', ' x '), fc.array(tie('value'), { maxLength: 3 }), tie('map')), // prettier-ignore
    map: fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  }));
  const styles: readonly ((root: unknown) => string)[] = [
    (root) => stringify(root, { aliasDuplicateObjects: false }),
    (root) => stringify(root, { aliasDuplicateObjects: false, indentSeq: false, indent: 4 }),
    (root) => stringify(root, { aliasDuplicateObjects: false, collectionStyle: 'flow' }),
    (root) => JSON.stringify(root),
    (root) => `${JSON.stringify(root, null, 4)}\n`,
  ];

  /** Every container of a tree, as a pointer of steps. */
  function containers(root: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
    if (typeof root !== 'object' || root === null) return [];
    return [path, ...Object.entries(root).flatMap(([key, each]) => containers(each, [...path, Array.isArray(root) ? Number(key) : key]))]; // prettier-ignore
  }

  /** Something was put in between, and nothing taken away. */
  function holdsInOrder(grew: string, text: string): boolean {
    let at = 0;
    for (const char of grew) if (text.startsWith(char, at)) at += char.length;
    return at === text.length;
  }

  it('says just what it said and what is new, in every style', () => {
    let kept = 0;
    fc.assert(
      fc.property(
        value.map,
        value.value,
        fc.nat(4),
        fc.array(fc.nat(1000), { maxLength: 4 }),
        (root, more, style, at) => {
          const text = styles[style]?.(root) ?? '';
          const spec = parseSpec(text, 'a.yaml');
          const places = containers(spec.root);
          const additions = at.flatMap((number, index): Addition[] => {
            const place = places[number % Math.max(places.length, 1)];
            if (place === undefined) return [];
            const holder: unknown = place.reduce<unknown>((tree, step) => Reflect.get(Object(tree), step), spec.root);
            return [{ path: [...place, Array.isArray(holder) ? '-' : `new${index}`], value: more }];
          });
          const root2 = withAdditions(spec.root, additions);
          const grew = patchedText(spec, root2);
          expect(parseSpec(grew, 'a.yaml').root).toEqual(root2);
          if (holdsInOrder(grew, text)) kept++;
        },
      ),
      { numRuns: 400 },
    );
    // Few are written anew.
    expect(kept).toBeGreaterThan(350);
  });
});

describe('an addition', () => {
  it.each<[string, unknown, string]>([
    ['where something stands', { a: 1 }, '/a'],
    ['below what is not there', { a: 1 }, '/b/c'],
    ['below a text', { a: 'x' }, '/a/b'],
    ['beyond a list', { a: [1] }, '/a/3/b'],
    ['in place of all', { a: 1 }, ''],
  ])('has no place %s', (_, root, pointer) => {
    expect(withAdditions(root, [{ path: pathOf(pointer) ?? [], value: 1 }])).toBeUndefined();
  });

  it('changes no part that is shared, and not the document', () => {
    const shared = { x: 1 };
    const root = { a: shared, b: shared };
    expect(withAdditions(root, [{ path: ['a', 'y'], value: 2 }])).toEqual({ a: { x: 1, y: 2 }, b: { x: 1 } });
    expect(root).toEqual({ a: { x: 1 }, b: { x: 1 } });
  });
});
