import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bodyText, type BodyBytes } from './body-text.ts';

const MAX = 64 * 1024;
const TEXT = Array.from({ length: 2000 }, (_, index) => `line ${index} é`).join('\n');

const CODINGS: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
];

function read(bytes: Buffer, change: Partial<BodyBytes> = {}) {
  return bodyText({ bytes, goesOn: false, type: 'text/plain', coding: '', ...change }, MAX);
}

describe('a body as text', () => {
  it.each(CODINGS)('is decoded from %s', (coding, encode) => {
    expect(read(encode(Buffer.from(TEXT)), { coding })).toEqual({ text: TEXT, goesOn: false });
  });

  it.each(CODINGS)('that is cut off in %s is shown as far as it goes, at any byte', (coding, encode) => {
    const coded = encode(Buffer.from(TEXT));
    const shown = new Set<number>();
    for (let length = 1; length < coded.length; length += 97) {
      const body = read(coded.subarray(0, length), { coding, goesOn: true });
      if ('hidden' in body) continue;
      expect(TEXT.startsWith(body.text)).toBe(true);
      expect(body.goesOn).toBe(true);
      shown.add(body.text.length);
    }
    // Of zstd a block is the least that can be decoded.
    if (coding !== 'zstd') expect(shown.size).toBeGreaterThan(1);
  });

  it.each(CODINGS)('is no bomb in %s', (coding, encode) => {
    const coded = encode(Buffer.alloc(50 * 1024 ** 2, 'a'));
    const before = performance.now();
    const body = read(coded.subarray(0, MAX), { coding, goesOn: true });
    expect(performance.now() - before).toBeLessThan(1000);
    expect('hidden' in body ? '' : body.text).toMatch(/^a*$/);
    expect('hidden' in body ? 0 : body.text.length).toBeLessThanOrEqual(MAX);
  });

  it('that has no room decoded is shown in part', () => {
    const body = read(gzipSync(Buffer.from(TEXT.repeat(10))), { coding: 'gzip' });
    expect(body).toMatchObject({ goesOn: true });
    expect('text' in body && body.text.length > MAX / 8 && TEXT.repeat(10).startsWith(body.text)).toBe(true);
  });

  it.each<[string, Partial<BodyBytes>]>([
    ['in a coding that is not known', { coding: 'compress' }],
    ['in several', { coding: 'gzip, br' }],
    ['that is not in the coding that it says', { coding: 'gzip' }],
    ['in characters that are not known', { type: 'text/plain; charset=utf-16' }],
    ['in characters of another time', { type: 'text/plain; charset="utf-7"' }],
  ])('%s is not shown', (_, change) => expect(read(Buffer.from('plain'), change)).toHaveProperty('hidden'));

  it.each([
    ['UTF-16', Buffer.from('card', 'utf16le')],
    ['no text', Buffer.from([1, 2, 0, 4])],
    ['broken UTF-8', Buffer.from([0x61, 0xff, 0x61])],
  ])('that is %s is not shown', (_, bytes) => expect(read(bytes)).toHaveProperty('hidden'));

  it('loses a mark of byte order, and a character that was cut in two', () => {
    expect(read(Buffer.from('\ufeffa'))).toEqual({ text: 'a', goesOn: false });
    expect(read(Buffer.from('a€').subarray(0, 3), { goesOn: true })).toEqual({ text: 'a', goesOn: true });
  });

  it('is read in Latin 1 where it says so', () => {
    expect(read(Buffer.from([0x61, 0xe9]), { type: 'text/plain;charset=ISO-8859-1' })).toEqual({
      text: 'aé',
      goesOn: false,
    });
  });
});
