import { GatehouseError } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { parsePattern, PATTERN_SEGMENTS_MAX } from './pattern.ts';

/** Literals as they are, parameters in braces, the rest as `*`. */
function check(path: string): readonly string[] {
  const { segments, rest } = parsePattern(path);
  const texts = segments.map((segment) => (segment.kind === 'literal' ? segment.text : `{${segment.name}}`));
  return rest ? [...texts, '*'] : texts;
}

describe('a pattern', () => {
  it.each([
    ['of the root has one empty segment', '/', ['']],
    ['of any path has only a rest', '/*', ['*']],
    ['may mix all kinds', '/v1/{id}/files/*', ['v1', '{id}', 'files', '*']],
    ['keeps a trailing slash as an empty segment', '/a/', ['a', '']],
    ['reads an asterisk inside a segment as itself', '/a*/**', ['a*', '**']],
    ['takes dots, dashes and underscores in names', '/{a.b-c_d}', ['{a.b-c_d}']],
    ['writes escapes in upper case', '/%c3%a9%2f', ['%C3%A9%2F']],
    ['decodes what needs no escape', '/%7euser', ['~user']],
    ['escapes what a request path never holds bare', '/a b"é', ['a%20b%22%C3%A9']],
  ])('%s', (_name, path, expected) => expect(check(path)).toEqual(expected));

  it.each([
    ['/', '/'],
    ['/a/b', '/a/b'],
    ['/é', '/%C3%A9'],
    ['/a/', '/a/'],
    ['/{a}', undefined],
    ['/*', undefined],
    ['/a/*', undefined],
  ])('%s is found whole as %s', (path, literal) => expect(parsePattern(path).literal).toBe(literal));

  it.each([
    ['does not start with a slash', 'a', 'has to start with /'],
    ['is empty', '', 'has to start with /'],
    ['has * in the middle', '/a/*/b', 'may have * only as its last segment'],
    ['names a parameter twice', '/{a}/{a}', 'names the parameter {a} twice'],
    ['has a parameter without a name', '/{}', 'invalid name: {}'],
    ['has a parameter with a strange name', '/{a b}', 'invalid name: {a b}'],
    ['has braces inside a name', '/{a}{b}', 'invalid name: {a}{b}'],
    ['has a parameter with a suffix', '/{id}.json', 'not a whole segment: {id}.json'],
    ['has a parameter with a prefix', '/v{id}', 'not a whole segment: v{id}'],
    ['has an open brace', '/{id', 'not a whole segment: {id'],
    ['has a dot segment', '/a/../b', 'has a dot segment'],
    ['has a single dot', '/.', 'has a dot segment'],
    ['has a broken escape', '/a%zz', 'escape that no request may hold'],
    ['has an escape cut short', '/a%2', 'escape that no request may hold'],
    ['hides a second layer of escapes', '/a%252e', 'escape that no request may hold'],
    ['is too deep', '/a'.repeat(PATTERN_SEGMENTS_MAX + 1), `more than ${PATTERN_SEGMENTS_MAX} segments`],
  ])('is refused when it %s', (_name, path, message) => {
    expect(() => parsePattern(path)).toThrow(GatehouseError);
    expect(() => parsePattern(path)).toThrow(message);
  });

  it('may be as deep as the limit', () => {
    expect(check('/a'.repeat(PATTERN_SEGMENTS_MAX))).toHaveLength(PATTERN_SEGMENTS_MAX);
  });
});
