import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileText, ENV } from '../__fixtures__/compile-text.ts';

const FOLDER = new URL('../__fixtures__/golden/', import.meta.url);
const fixture = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');
const EXAMPLES = ['complete.yaml', 'routes.yaml', 'ai.yaml', 'values.yaml'].map(fixture);
const DOCUMENT = fixture('users.openapi.yaml');

/** Whatever the text: an answer, every problem inside of a file, and no secret in it. */
function check(text: string, document = DOCUMENT): void {
  const result = compileText(text, { readText: () => document });
  const told = 'problems' in result ? result.problems : result.warnings;
  if ('problems' in result) expect(result.problems.length).toBeGreaterThan(0);
  else expect(structuredClone(result.snapshot)).toEqual(result.snapshot);
  for (const { file, line, column, message } of told) {
    const lines = (file === 'gatehouse.yaml' ? text : document).split('\n');
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
    expect(message).not.toMatch(/\n/);
    expect(message).not.toMatch(/-key-in-clear/);
  }
}

type Edit = (text: string) => string;

const FRAGMENTS = [
  ':',
  ' ',
  '\n',
  '  ',
  '\t',
  '{',
  '}',
  '[',
  ']',
  ',',
  '"',
  "'",
  '#',
  '&a ',
  '*a',
  '- ',
  '? ',
  '|',
  '>',
  '!x ',
  '%',
  '---\n',
  '...\n',
  '<<: ',
  '~',
  'null',
  '0',
  '-1',
  '1e999',
  '.nan',
  'true',
  '${',
  '${MOBILE_KEY}',
  '$${',
  '${NOPE}',
  '__proto__',
  'constructor',
  '\u0000',
  '\uFEFF',
  '\ud800',
  'ü',
  '*',
  '/',
  '{id}',
  'policies: ',
  '%zz',
];

/** Small changes at one place, as people and editors make them. */
const edit: fc.Arbitrary<Edit> = fc
  .tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 0, max: 40 }),
    fc.constantFrom('cut', 'insert', 'replace', 'double', 'indent', 'move'),
    fc.constantFrom(...FRAGMENTS),
  )
  .map(([where, length, kind, fragment]) => (text) => {
    const at = Math.floor(where * text.length);
    const [before, middle, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
    return {
      cut: before + after,
      insert: before + fragment + middle + after,
      replace: before + fragment + after,
      double: before + middle + middle + after,
      indent: before + (middle + after).replace('\n', '\n '),
      move: after + before + middle,
    }[kind];
  });

describe('compileConfig, whatever it is given,', () => {
  for (const [index, example] of EXAMPLES.entries()) {
    it(`answers for changes of example ${index + 1}`, () => {
      const edits = fc.array(edit, { minLength: 1, maxLength: 6 });
      fc.assert(
        fc.property(edits, (changes) => check(changes.reduce((text, change) => change(text), example))),
        { numRuns: 250 },
      );
    });
  }

  it('answers for changes of a document', () => {
    const edits = fc.array(edit, { minLength: 1, maxLength: 4 });
    const [example = ''] = EXAMPLES;
    fc.assert(
      fc.property(edits, (changes) =>
        check(
          example,
          changes.reduce((text, change) => change(text), DOCUMENT),
        ),
      ),
      { numRuns: 150 },
    );
  });

  it('answers for anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => check(text)),
      { numRuns: 300 },
    );
  });

  it('answers for heaps of YAML', () => {
    const heap = fc
      .array(fc.constantFrom(...FRAGMENTS, 'a', 'apis', 'gatehouse: 1\n'), { maxLength: 60 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(heap, (text) => check(text)),
      { numRuns: 500 },
    );
  });

  it('answers for any JSON under the names of its sections', () => {
    const sections = fc.constantFrom('upstreams', 'apis', 'plans', 'applications', 'ai');
    const names = fc.constantFrom(
      'targets',
      'url',
      'routes',
      'path',
      'policies',
      'cache',
      'when',
      'headers',
      'keys',
      'models',
      'access',
      'providers',
      'a',
      '__proto__',
    );
    const { node } = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.array(fc.tuple(names, tie('node')), { maxLength: 4 }).map(Object.fromEntries),
      ),
    }));
    const file = fc
      .array(fc.tuple(sections, node), { maxLength: 4 })
      .map((parts) => ({ gatehouse: 1, ...Object.fromEntries(parts) }));
    fc.assert(
      fc.property(file, (value) => check(JSON.stringify(value, null, 1))),
      { numRuns: 400 },
    );
  });

  it('lets no variable write configuration', () => {
    const text = 'gatehouse: 1\napis: { a: { title: "t", upstream: "http://h", version: "${VALUE}" } }\n';
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (value) => {
        const result = compileText(text, { env: { ...ENV, VALUE: value } });
        if ('snapshot' in result) {
          expect(result.snapshot.routes).toMatchObject([{ id: 'a * /*', version: value }]);
        } else {
          expect(result.problems.map(({ path }) => path)).toEqual(['apis.a.version']);
        }
      }),
      { numRuns: 200 },
    );
  });
});
