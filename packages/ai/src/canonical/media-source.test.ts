import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MediaBlock } from './chat-request.ts';
import { mimeOf, readDataUrl, sniffMime } from './media-source.ts';

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

describe('readDataUrl reads', () => {
  const cases: Readonly<Record<string, readonly [string, string, string]>> = {
    'the usual form': ['data:image/png;base64,AAEC', 'image/png', 'AAEC'],
    'parameters (T44)': ['data:image/png;charset=utf-8;base64,AAEC', 'image/png', 'AAEC'],
    'upper case': ['DATA:Image/PNG;BASE64,AAEC', 'image/png', 'AAEC'],
    'blanks in base64': ['data:image/png;base64,AA\r\n EC', 'image/png', 'AAEC'],
    base64url: ['data:image/png;base64,-_8', 'image/png', '+/8='],
    'base64 that lacks its padding': ['data:image/png;base64,AA', 'image/png', 'AA=='],
    'base64 with escapes': ['data:image/png;base64,%2B%2f8%3D', 'image/png', '+/8='],
    'no type': ['data:,a', 'text/plain', 'YQ=='],
    'only parameters': ['data:;charset=utf-8,a', 'text/plain', 'YQ=='],
    'plain text with escapes': ['data:text/plain,%C3%A9%zz é', 'text/plain', Buffer.from('é%zz é').toString('base64')],
    'a name that was never registered': ['data:image/jpg;base64,AAEC', 'image/jpeg', 'AAEC'],
    'blanks in front': [' \ndata:image/png; base64 ,AAEC', 'image/png', 'AAEC'],
    nothing: ['data:image/png;base64,', 'image/png', ''],
  };
  it.each(Object.entries(cases))('%s', (_, [url, mime, data]) => {
    expect(readDataUrl(url)).toEqual({ mime, data });
  });

  it.each(['', 'https://example.com/a.png', 'data:image/png;base64', 'data:image/png;base64,a*b', 'data:;base64,A'])(
    'nothing in %j',
    (url) => {
      expect(readDataUrl(url)).toBeUndefined();
    },
  );

  it('any bytes, however they are spelled', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('base64', 'base64url'), (bytes, encoding) => {
        const url = `data:image/png;base64,${Buffer.from(bytes).toString(encoding)}`;
        expect(readDataUrl(url)?.data).toBe(Buffer.from(bytes).toString('base64'));
      }),
    );
  });

  it('megabytes, and whatever a stranger sends', () => {
    const data = 'A'.repeat(4 * 1024 * 1024);
    expect(readDataUrl(`data:image/png;base64,${data}`)?.data === data).toBe(true);
    expect(readDataUrl(`data:image/png;base64,${data}*`)).toBeUndefined();
    expect(readDataUrl(`data:${';'.repeat(1_000_000)}`)).toBeUndefined();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (rest) => {
        readDataUrl(`data:${rest}`);
      }),
    );
  });
});

describe('sniffMime knows', () => {
  const cases: Readonly<Record<string, string | undefined>> = {
    '\x89PNG\r\n\x1a\n': 'image/png',
    '\xff\xd8\xff\xe0': 'image/jpeg',
    GIF89a: 'image/gif',
    'RIFF\0\0\0\0WEBPVP8 ': 'image/webp',
    'RIFF\0\0\0\0WAVEfmt ': 'audio/wav',
    'RIFF\0\0\0\0AVI ': undefined,
    '%PDF-1.7': 'application/pdf',
    'ID3\x04': 'audio/mpeg',
    '\xff\xfb\x90': 'audio/mpeg',
    '\xff\xf1\x50': 'audio/aac',
    '\xff\xfe\x00': undefined,
    '\xff\xea\x00': undefined,
    fLaC: 'audio/flac',
    OggS: 'audio/ogg',
    '\0\0\0\x20ftypM4A ': 'audio/mp4',
    '\0\0\0\x20ftypheic': 'image/heic',
    '\0\0\0\x20ftypisom': undefined,
    'plain text': undefined,
    '': undefined,
  };
  it.each(Object.entries(cases))('%j', (bytes, mime) => {
    expect(sniffMime(base64(bytes))).toBe(mime);
  });

  it('no bytes to be an error', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        sniffMime(text);
      }),
    );
  });
});

describe('mimeOf takes', () => {
  const block = (
    kind: MediaBlock['kind'],
    source: MediaBlock['source'],
    more: Partial<MediaBlock> = {},
  ): MediaBlock => ({
    type: 'media',
    kind,
    source,
    ...more,
  });
  const png = { via: 'base64', data: base64('\x89PNG\r\n\x1a\n') } as const;
  const unknown = { via: 'base64', data: base64('????') } as const;
  const url = { via: 'url', url: 'https://example.com/a.webp?x=.gif#.pdf' } as const;
  const cases: Readonly<Record<string, readonly [MediaBlock, string]>> = {
    'the bytes’ word before the caller’s': [block('image', png, { mime: 'image/jpeg' }), 'image/png'],
    'the caller’s word where bytes say nothing': [block('image', unknown, { mime: 'Image/JPG; q=1' }), 'image/jpeg'],
    'the name of the file for no word': [block('document', unknown, { name: 'a.CSV' }), 'text/csv'],
    'the name of the file for a word that says nothing': [
      block('document', unknown, { name: 'a.csv', mime: 'application/octet-stream' }),
      'text/csv',
    ],
    'the end of the URL': [block('image', url), 'image/webp'],
    'what is likely of an image': [block('image', unknown), 'image/png'],
    'what is likely of sound': [block('audio', unknown, { mime: 'mp3' }), 'audio/wav'],
    'what is likely of a document': [block('document', { via: 'file', id: 'f', dialect: 'gemini' }), 'application/pdf'],
    'text for text': [block('document', { via: 'text', text: 'a' }), 'text/plain'],
  };
  it.each(Object.entries(cases))('%s', (_, [media, mime]) => {
    expect(mimeOf(media)).toBe(mime);
  });
});
