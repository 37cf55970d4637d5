import { expect, it } from 'vitest';
import { readCacheControls } from './cache-controls.ts';

it.each([
  [undefined, { noStore: false, noCache: false }],
  ['', { noStore: false, noCache: false }],
  ['no-store', { noStore: true, noCache: false }],
  [' No-Cache , x', { noStore: false, noCache: true }],
  ['no-store,no-cache', { noStore: true, noCache: true }],
  ['max-age=60', { noStore: false, noCache: false, maxAgeMs: 60_000 }],
  ['max-age="60"', { noStore: false, noCache: false, maxAgeMs: 60_000 }],
  ['max-age=60, max-age=5', { noStore: false, noCache: false, maxAgeMs: 5000 }],
  ['max-age=0', { noStore: false, noCache: true, maxAgeMs: 0 }],
  ['max-age', { noStore: false, noCache: true, maxAgeMs: 0 }],
  ['max-age=-1', { noStore: false, noCache: true, maxAgeMs: 0 }],
  ['max-age=1e9', { noStore: false, noCache: true, maxAgeMs: 0 }],
  ['max-age=99999999999999999999', { noStore: false, noCache: false, maxAgeMs: 2 ** 31 * 1000 }],
  ['only-if-cached, foo="a', { noStore: false, noCache: false }],
  ['x'.repeat(257), { noStore: true, noCache: true }],
])('reads %j', (header, controls) => {
  expect(readCacheControls(header)).toEqual(controls);
});
