import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pointerOf } from '../../document/json-value.ts';
import { References } from '../references.ts';
import { parseJsonPath } from './json-path.ts';
import { Budget, BudgetSpent, matchesOf } from './match-path.ts';
import { UnsupportedPath } from './unsupported-path.ts';

const ROOT = {
  info: { title: 'a', 'x-a': { b: 1 } },
  tags: [{ name: 'x' }, { name: 'y', description: 'd' }],
  paths: {
    '/a': { get: { summary: 's', responses: { 200: { n: 1 }, 404: { n: 2 } } }, parameters: [] },
    '/b': { post: { responses: { default: { $ref: '#/shared/Problem' } } } },
  },
  shared: { Problem: { n: 3, self: { $ref: '#/shared/Problem' } } },
};

function found(path: string, resolved = true): readonly string[] {
  const references = resolved ? new References(ROOT) : undefined;
  const around = { root: ROOT, references, budget: new Budget(10_000) };
  return matchesOf(parseJsonPath(path), around).map(({ path: at, value }) =>
    typeof value === 'string' ? `${pointerOf(at)}=${value}` : pointerOf(at),
  );
}

describe('a path', () => {
  it.each<[string, readonly string[]]>([
    ['$', ['']],
    ['$.info', ['/info']],
    ["$['info']['x-a'].b", ['/info/x-a/b']],
    ['$["info"]', ['/info']],
    ['$.none.more', []],
    ['$.constructor', []],
    ['$.tags[1]', ['/tags/1']],
    ['$.tags[0,1].name', ['/tags/0/name=x', '/tags/1/name=y']],
    ['$.tags[*].description', ['/tags/1/description=d']],
    ['$.paths.*', ['/paths/~1a', '/paths/~1b']],
    ['$.paths[*][get,post]', ['/paths/~1a/get', '/paths/~1b/post']],
    ["$.paths[*]['get', 'put']", ['/paths/~1a/get']],
    ['$.paths[*]~', ['/paths/~1a=/a', '/paths/~1b=/b']],
    ['$.tags[*].name^', ['/tags/0', '/tags/1']],
    ['$..summary', ['/paths/~1a/get/summary=s']],
    ['$.tags..name', ['/tags/0/name=x', '/tags/1/name=y']],
    ['$..[?(@.n)]', ['/paths/~1a/get/responses/200', '/paths/~1a/get/responses/404', '/shared/Problem']],
    ["$.tags[?(@.name == 'y')]", ['/tags/1']],
    ["$.tags[?(@.name !== 'y' || @.description)]", ['/tags/0', '/tags/1']],
    ['$.tags[?(!@.description)]', ['/tags/0']],
    ['$.tags[?(@.name && !(@.description))]', ['/tags/0']],
    ['$.paths[?(@property.match(/^.b/))]', ['/paths/~1b']],
    ["$.paths['/a'].get.responses[?(@property >= 400)]", ['/paths/~1a/get/responses/404']],
    ["$.paths['/a'].get.responses[?(@property =~ /^2/)].n", ['/paths/~1a/get/responses/200/n']],
    ["$.paths[?(@property === '/a')]", ['/paths/~1a']],
    ['$.tags[?(@.name.length == 1)].name', ['/tags/0/name=x', '/tags/1/name=y']],
    ["$.paths['/b'].post.responses.default.n", ['/shared/Problem/n']],
    ["$.paths['/b'].post.responses[?(@property == 'default')]", ['/shared/Problem']],
    ["$.paths['/b'].post.responses[*]~", ['/shared/Problem=default']],
  ])('%s', (path, paths) => expect(found(path)).toEqual(paths));

  it('leaves references as they are where it is told to', () => {
    expect(found("$.paths['/b']..['$ref']", false)).toEqual([
      '/paths/~1b/post/responses/default/$ref=#/shared/Problem',
    ]);
  });

  it.each([
    'info',
    '',
    '$.',
    '$[',
    '$.a[1:2]',
    '$.a[-1:]',
    '$.a[?(@.b',
    '$.a[(@.length-1)]',
    '$.a[?(alert(1))]',
    '$$',
    '$.a[?(@.b.c())]',
    '$.a b',
    "$['a",
    '$.a[?(@.b = 1)]',
    '$.a[?(@.x.match(/(/))]',
    `$${'.a'.repeat(2000)}`,
    `$.a[?(${'('.repeat(100)}@.a${')'.repeat(100)})]`,
  ])('says that it does not know %s', (path) => {
    expect(() => parseJsonPath(path)).toThrow(UnsupportedPath);
  });

  it('is read, or said to be unknown, whatever it is', () => {
    const pieces = fc.constantFrom(
      '$',
      '.',
      '..',
      '[',
      ']',
      '*',
      '?(',
      ')',
      '@',
      "'",
      '"',
      'a',
      '0',
      ',',
      '~',
      '^',
      '==',
      '/',
      '!',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 15 }), (parts) => {
        try {
          found(`$${parts.join('')}`);
        } catch (error) {
          expect(error).toBeInstanceOf(UnsupportedPath);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('stops when it looks at too much', () => {
    const root = { a: Array.from({ length: 1000 }, () => ({ b: [1, 2, 3] })) };
    const around = { root, references: undefined, budget: new Budget(500) };
    expect(() => matchesOf(parseJsonPath('$..b'), around)).toThrow(BudgetSpent);
  });
});
