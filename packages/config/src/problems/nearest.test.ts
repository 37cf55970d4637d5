import { describe, expect, it } from 'vitest';
import { nearest, quote, suggestion } from './nearest.ts';

const FIELDS = ['basePath', 'hosts', 'access', 'upstream', 'upstreams', 'policies', 'routes', 'v1'];

describe('nearest', () => {
  const cases: Readonly<Record<string, readonly [string, string | undefined]>> = {
    'finds a name with a letter missing': ['acess', 'access'],
    'finds a name with a letter too many': ['routess', 'routes'],
    'finds a name with a wrong letter': ['hests', 'hosts'],
    'finds a name with two letters swapped': ['ruotes', 'routes'],
    'finds a name in another case': ['BASEPATH', 'basePath'],
    'takes the nearest of several': ['upstrem', 'upstream'],
    'takes the exact one': ['upstreams', 'upstreams'],
    'finds nothing that is far away': ['timeout', undefined],
    'finds nothing for a name that is too long': ['access'.repeat(1000), undefined],
    'finds nothing for nothing': ['', undefined],
    'takes two short names for different ones': ['v2', undefined],
    'finds a short name in another case': ['V1', 'v1'],
  };
  for (const [name, [written, expected]] of Object.entries(cases)) {
    it(name, () => expect(nearest(written, FIELDS)).toBe(expected));
  }

  it('finds nothing among nothing', () => {
    expect(nearest('a', [])).toBeUndefined();
  });
});

describe('suggestion', () => {
  it('asks whether the nearest was meant', () => {
    expect(suggestion('polices', FIELDS)).toBe('did you mean `policies`?');
  });

  it('names what there is when nothing is near', () => {
    expect(suggestion('zzz', ['open', 'key'])).toBe('write one of `open`, `key`');
    expect(suggestion('zzz', ['open'])).toBe('write `open`');
    expect(suggestion('zzz', [])).toBe('there is none');
  });

  it('does not take one number for another', () => {
    expect(suggestion('505', ['500', '502'])).toBe('write one of `500`, `502`');
  });

  it('names no more than a dozen', () => {
    const many = Array.from({ length: 50 }, (_, index) => `name-${index}`);
    expect(suggestion('zzz', many)).toMatch(/`name-11`, …$/);
  });
});

describe('quote', () => {
  it('keeps to one line and to a bounded length', () => {
    expect(quote('a\nb\u0000')).toBe('`a b `');
    expect(quote('x'.repeat(100))).toBe(`\`${'x'.repeat(80)}…\``);
  });

  it('leaves no doubt where the quotation ends', () => {
    expect(quote('a`b')).toBe("`a'b`");
  });
});
