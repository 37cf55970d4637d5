import { describe, expect, it } from 'vitest';
import { checkedMedium } from './checked-medium.ts';

const PNG = Buffer.from('\x89PNG\r\n\x1a\n....', 'latin1');
const JPEG = Buffer.from('\xff\xd8\xff\xe0....', 'latin1');
const GIF = Buffer.from('GIF89a....', 'latin1');
const WEBP = Buffer.from('RIFF....WEBPVP8 ', 'latin1');
const PDF = Buffer.from('%PDF-1.7\n', 'latin1');
const WAV = Buffer.from('RIFF....WAVEfmt ', 'latin1');
const HTML = Buffer.from('<!doctype html><title>404</title>');

describe('checkedMedium', () => {
  it.each([
    ['image', PNG, 'image/png', undefined, 'image/png'],
    ['image', PNG, 'IMAGE/PNG; charset=binary', 'image/png', 'image/png'],
    ['image', JPEG, 'image/jpg', 'image/jpeg', 'image/jpeg'],
    ['image', GIF, undefined, undefined, 'image/gif'],
    ['image', WEBP, 'application/octet-stream', 'application/octet-stream', 'image/webp'],
    ['image', WEBP, 'binary/octet-stream', 'image/webp', 'image/webp'],
    ['document', PDF, 'application/pdf', 'application/pdf', 'application/pdf'],
    ['document', Buffer.from('a,b\n1,2\n'), 'text/csv; charset=utf-8', undefined, 'text/csv'],
    ['document', Buffer.from('a,b\n1,2\n'), 'text/plain; charset=utf-8', 'text/csv', 'text/csv'],
    ['document', Buffer.from('# a\n'), 'application/octet-stream', 'text/markdown', 'text/markdown'],
    ['document', Buffer.from('{}'), undefined, 'application/json', 'application/json'],
    ['document', Buffer.from('a'), 'text/plain', 'text/plain', 'text/plain'],
    ['audio', WAV, 'audio/x-wav', undefined, 'audio/wav'],
  ] as const)('takes an honest %s', (kind, bytes, contentType, mime, found) => {
    expect(checkedMedium({ bytes, contentType }, { kind, mime })).toEqual({ mime: found });
  });

  it.each([
    ['a page in place of an image', 'image', HTML, 'text/html', undefined, 'is text/html and no image'],
    ['a page that poses as an image', 'image', HTML, 'image/png', undefined, 'is no image of a known type'],
    ['an image of another type', 'image', JPEG, 'image/png', undefined, 'is called image/png and is image/jpeg'],
    [
      'an image that the server calls a page',
      'image',
      PNG,
      'text/html',
      undefined,
      'is called text/html and is image/png',
    ],
    [
      'an image that is not what the caller says',
      'image',
      PNG,
      'image/png',
      'image/webp',
      'should be image/webp and is image/png',
    ],
    ['a document that is an image', 'document', PNG, 'image/png', undefined, 'is image/png and no document'],
    ['an image that is a document', 'image', PDF, 'application/pdf', undefined, 'is application/pdf and no image'],
    [
      'an image that is drawn by a script',
      'image',
      Buffer.from('<svg onload="x"/>'),
      'image/svg+xml',
      undefined,
      'is no image of a known type',
    ],
    [
      'text that is none',
      'document',
      Buffer.from([0x61, 0, 0x62]),
      'text/plain',
      undefined,
      'is no document of a known type',
    ],
    [
      'text in no known coding',
      'document',
      Buffer.from([0xc3, 0x28]),
      'text/plain',
      undefined,
      'is no document of a known type',
    ],
    [
      'a program',
      'document',
      Buffer.from('\x7fELF...', 'latin1'),
      'application/octet-stream',
      undefined,
      'is no document of a known type',
    ],
    ['a page in place of a table', 'document', HTML, 'text/html', 'text/csv', 'should be text/csv and is text/html'],
    [
      'text that should be a paper',
      'document',
      Buffer.from('not found'),
      'text/plain',
      'application/pdf',
      'should be application/pdf and is text/plain',
    ],
    ['text that nobody calls so', 'document', Buffer.from('a'), undefined, undefined, 'is no document of a known type'],
    [
      'bytes that are called a table',
      'document',
      Buffer.from([0x61, 0, 0x62]),
      undefined,
      'text/csv',
      'is no document of a known type',
    ],
    ['nothing', 'image', Buffer.alloc(0), 'image/png', undefined, 'is empty'],
  ] as const)('refuses %s', (_name, kind, bytes, contentType, mime, problem) => {
    expect(checkedMedium({ bytes, contentType }, { kind, mime })).toEqual({ problem });
  });
});
