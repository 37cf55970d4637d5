import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mediaTypeVersion } from './media-type-version.ts';

describe('a version in a media type', () => {
  it.each([
    ['version', 'application/json;version=2', '2'],
    ['version', 'application/json; charset=utf-8; Version="2"', '2'],
    ['version', 'application/json;version="a\\"b,;c"', 'a"b,;c'],
    ['version', 'application/json', undefined],
    ['version', 'application/json;version=', undefined],
    ['version', 'application/json;version', undefined],
    ['version', 'text/html, application/json;version=2, */*;q=0.1', '2'],
    ['version', 'application/json;version=1;q=0.5, application/json;version=2', '2'],
    ['version', 'application/json;version=1, application/json;version=2', '1'],
    ['version', 'application/json;version=1;q=0', undefined],
    ['version', 'application/json;version=1;q=2', '1'],
    ['version', 'application/json;xversion=1', undefined],
    ['version', '', undefined],
    ['version', undefined, undefined],
    ['application/vnd.acme.v{version}+json', 'application/vnd.acme.v2+json', '2'],
    ['application/vnd.acme.v{version}+json', 'Application/VND.Acme.V2+JSON; charset=utf-8', '2'],
    ['application/vnd.acme.v{version}+json', 'application/vnd.acme.v+json', undefined],
    ['application/vnd.acme.v{version}+json', 'application/vnd.acme.v2+xml', undefined],
    ['application/vnd.acme.v{version}+json', 'text/html;a="application/vnd.acme.v2+json"', undefined],
    ['application/vnd.acme-{version}', 'application/vnd.acme-2026-01-15', '2026-01-15'],
    ['a/b{version}b', 'a/bb', undefined],
  ])('is read by %s from %s', (pattern, field, version) => expect(mediaTypeVersion(pattern)(field)).toBe(version));

  it('is read from anything, of any length, in the time of its length', () => {
    const read = mediaTypeVersion('version');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => ['string', 'undefined'].includes(typeof read(text))),
    );
    const begun = performance.now();
    for (const hard of [',', ';', '"', 'a/b;version="', '\\'])
      expect(read(hard.repeat(50_000))).toBeOneOf([undefined, expect.any(String)]);
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
