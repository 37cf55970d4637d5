import { describe, expect, it } from 'vitest';
import { problemsOf, snapshotOf } from '../__fixtures__/compile-text.ts';

const api = (name: string, versioning: string, more = ''): string =>
  `  ${name}: { upstream: "http://h", basePath: /users, versioning: ${versioning}${more} }\n`;
const file = (...apis: readonly string[]): string => `gatehouse: 1\napis:\n${apis.join('')}`;
const BY = 'by: header:X-Api-Version';

describe('versions of an API under one address', () => {
  it('by date follow each other, whatever the order of the file', () => {
    const { routes } = snapshotOf(
      file(api('new', `{ ${BY}, date: 2026-01-01, default: true }`), api('old', `{ ${BY}, date: 2025-01-01 }`)),
    );
    expect(routes.map(({ when }) => when?.version)).toEqual([
      { in: 'header', name: 'x-api-version', is: { from: '2026-01-01', until: undefined }, byDefault: true },
      { in: 'header', name: 'x-api-version', is: { from: '2025-01-01', until: '2026-01-01' }, byDefault: false },
    ]);
  });

  it('by name are told apart by it', () => {
    const { routes } = snapshotOf(
      file(api('one', '{ by: query:v }', ', version: "1"'), api('two', '{ by: query:v }', ', version: "2"')),
    );
    expect(routes.map(({ when, id }) => [when?.version?.is, id])).toEqual([
      ['1', 'one * /users/* when version:v=1'],
      ['2', 'two * /users/* when version:v=2'],
    ]);
  });

  it.each([
    ['media-type:Version', 'version'],
    ['media-type:application/vnd.Acme.v{version}+json', 'application/vnd.acme.v{version}+json'],
  ])('are told apart by media types: %s', (by, name) => {
    const { routes } = snapshotOf(file(api('one', `{ by: "${by}" }`, ', version: "1"')));
    expect(routes[0]?.when?.version).toEqual({ in: 'media-type', name, is: '1', byDefault: false });
  });

  it('elsewhere are none of them', () => {
    const { routes } = snapshotOf(
      file(api('a', `{ ${BY}, date: 2026-01-01 }`), api('b', `{ ${BY}, date: 2027-01-01 }`, ', hosts: [b.example]')),
    );
    expect(routes[0]?.when?.version?.is).toEqual({ from: '2026-01-01', until: undefined });
  });

  it.each([
    [file(api('a', `{ ${BY} }`)), '`version` or `versioning.date` is missing'],
    [file(api('a', `{ ${BY}, date: 2026-02-31 }`)), 'no day of the calendar'],
    [
      file(
        api('a', `{ ${BY}, date: 2026-01-01, default: true }`),
        api('b', `{ ${BY}, date: 2027-01-01, default: true }`),
      ),
      'two versions are the default',
    ],
    [
      file(api('a', `{ ${BY}, date: 2026-01-01 }`), api('b', `{ ${BY}, date: 2026-01-01 }`)),
      'two versions begin on this day',
    ],
    [file(api('a', '{ by: cookie:v, date: 2026-01-01 }')), 'by'],
    [file(api('a', '{ by: "media-type:application/json" }', ', version: "1"')), 'by'],
  ])('is refused where it means nothing: %#', (text, why) => expect(problemsOf(text).join('\n')).toContain(why));
});
