import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AMBIGUITY, canonicalTarget, NEVER_ALLOWED } from './target.ts';

function check(raw: string, path: string, ambiguity = 0): void {
  it(`${raw} → ${path}`, () => expect(canonicalTarget(raw)).toEqual({ path, query: '', ambiguity }));
}

describe('canonical target (RFC 3986 §6.2.2)', () => {
  check('/a/b', '/a/b');
  check('/%7euser', '/~user');
  check('/caf%c3%a9', '/caf%C3%A9');
  check('/a/./b/../c', '/a/c');
  check('/a/..', '/');
  check('/a%2fb', '/a%2Fb', AMBIGUITY['encoded-slash']);
  check('/a%5cb', '/a%5Cb', AMBIGUITY['encoded-backslash']);
  check('/a%00', '/a%00', AMBIGUITY['encoded-nul']);
  check('/a/%2e%2e/b', '/b', AMBIGUITY['encoded-dot']);
  check('/a//b', '/a//b', AMBIGUITY['empty-segment']);
  check('/a;b=1', '/a;b=1', AMBIGUITY.semicolon);
  check('/../a', '/a', NEVER_ALLOWED);
  check('/a%252e', '/a%252e', NEVER_ALLOWED);
  check('/a%zz', '/a%zz', NEVER_ALLOWED);
  check('/a%0d%0ab', '/a%0D%0Ab', NEVER_ALLOWED);
  it('keeps the query as it came', () => expect(canonicalTarget('/a?x=%2f;/../')?.query).toBe('?x=%2f;/../'));
  it('refuses what no target may hold', () => {
    for (const raw of ['/a b', '/a#b', '/a"b', '/a\\b', '/ä', 'a', '', '/a?<'])
      expect(canonicalTarget(raw)).toBeUndefined();
  });
  it('is stable: the canonical form of a canonical path is itself', () => {
    const piece = fc.constantFrom('a', '/', '.', '..', '%2e', '%2F', '%41', '~', '%7E', ';', '%5c', '*', '-');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const once = canonicalTarget(`/${pieces.join('')}`);
        if (once === undefined || (once.ambiguity & NEVER_ALLOWED) !== 0) return;
        expect(canonicalTarget(once.path)?.path).toBe(once.path);
      }),
    );
  });
});
