import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineIndex } from '../problems/line-index.ts';
import { Report } from '../problems/report.ts';
import { parseJson } from './parse-json.ts';
import { parseYaml } from './parse-source.ts';

const DEPTH_MAX = 200;
const asYaml = (text: string): unknown => parseYaml(text, new Report('f', new LineIndex(text)));

describe('parseJson', () => {
  it('reads JSON into the very tree that YAML is read into', () => {
    const object = fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), fc.jsonValue({ maxDepth: 4 }), {
      minKeys: 1,
    });
    const spaces = fc.constantFrom(undefined, 2, '\t');
    fc.assert(
      fc.property(object, spaces, (value, space) => {
        const text = JSON.stringify(value, null, space);
        // YAML joins lines of tabs in its own way; what is told is the same as in JSON.
        const read = parseJson(text, DEPTH_MAX);
        expect(read).toBeDefined();
        if (space !== '\t') expect(read).toEqual(asYaml(text));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    '',
    'a: b',
    '[]',
    '{',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{"a":1}x',
    '{"a":01}',
    '{"a":"\n"}',
    '{"a":tru}',
    "{'a':1}",
    '{"a":1,"a":2}',
    '{a: 1}',
    '{"a":1 # why\n}',
    '{"a":"\\x"}',
  ])('leaves %j to YAML', (text) => expect(parseJson(text, DEPTH_MAX)).toBeUndefined());

  it('leaves what is nested too deep to YAML, which says so', () => {
    expect(parseJson(`{"a":${'['.repeat(300)}${']'.repeat(300)}}`, DEPTH_MAX)).toBeUndefined();
    expect(parseJson(`{"a":${'['.repeat(100_000)}`, DEPTH_MAX)).toBeUndefined();
  });

  it('throws at nothing, and never reads more than the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (rest) => {
        const text = `{"a":${rest}`;
        const read = parseJson(text, DEPTH_MAX);
        if (read !== undefined) expect(() => JSON.parse(text)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});
