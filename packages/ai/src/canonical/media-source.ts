import type { MediaBlock } from './chat-request.ts';
import { sniffBytes } from './sniff-bytes.ts';

/**
 * A `data:` URL as a source: parameters, upper case, blanks in base64 and base64url are understood (reference T44);
 * undefined when it is none.
 */
export function readDataUrl(url: string): { readonly mime: string; readonly data: string } | undefined {
  const head = DATA_URL_HEAD.exec(url.slice(0, DATA_URL_HEAD_CHARS_MAX));
  if (head === null) return undefined;
  const [before, type = '', parameters = ''] = head;
  const mime = type === '' ? 'text/plain' : tidyMime(type);
  const content = url.slice(before.length);
  if (!BASE64_PARAMETER.test(parameters)) return { mime, data: unescaped(content).toString('base64') };
  const data = tidyBase64(content);
  return data === undefined ? undefined : { mime, data };
}

const DATA_URL_HEAD_CHARS_MAX = 512;
const DATA_URL_HEAD = /^\s*data:([^;,]*)((?:;[^,]*)?),/i;
const BASE64_PARAMETER = /;\s*base64\s*$/i;
const NOT_BASE64 = /[^A-Za-z0-9+/]/;

function tidyBase64(text: string): string | undefined {
  if (text.length % 4 === 0 && isBase64(text)) return text;
  const plain = (text.includes('%') ? unescaped(text).toString('latin1') : text)
    .replace(/\s+/g, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/');
  if (!isBase64(plain)) return undefined;
  const bare = plain.replace(/=+$/, '');
  return bare.length % 4 === 1 ? undefined : bare.padEnd(Math.ceil(bare.length / 4) * 4, '=');
}

/** Goes through megabytes once: an expression for the whole would walk back through all of them to fail. */
function isBase64(text: string): boolean {
  const end = text.search(NOT_BASE64);
  return end < 0 || /^={1,2}$/.test(text.slice(end));
}

/** The bytes that percent-encoded text stands for; a percent sign that encodes nothing stands for itself. */
function unescaped(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const [byte = 0, high = 0, low = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]];
    const encoded = byte === PERCENT ? hexDigit(high) * 16 + hexDigit(low) : Number.NaN;
    bytes[length++] = Number.isNaN(encoded) ? byte : encoded;
    if (!Number.isNaN(encoded)) at += 2;
  }
  return bytes.subarray(0, length);
}

const PERCENT = 0x25;

/** NaN for what is none. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN;
}

/** By the first bytes, for images, PDF and sound; undefined when they say nothing. */
export function sniffMime(base64: string): string | undefined {
  return sniffBytes(Buffer.from(base64.slice(0, SNIFFED_CHARS), 'base64'));
}

const SNIFFED_CHARS = 128;

/** The type that is right: what the bytes say, else what the caller says, else what the kind makes likely. */
export function mimeOf(block: MediaBlock): string {
  const { source, kind, name } = block;
  const sniffed = source.via === 'base64' ? sniffMime(source.data) : undefined;
  const said = block.mime === undefined ? '' : tidyMime(block.mime);
  if (sniffed !== undefined) return sniffed;
  if (said.includes('/') && said !== 'application/octet-stream') return said;
  if (source.via === 'text') return 'text/plain';
  const url = source.via === 'url' ? source.url.slice(0, URL_CHARS_MAX).replace(/[?#].*$/s, '') : '';
  return mimeOfName(name ?? '') ?? mimeOfName(url) ?? LIKELY[kind];
}

const URL_CHARS_MAX = 4096;

/** Lower case, without parameters, and by its registered name. */
function tidyMime(mime: string): string {
  const bare = mime.replace(/;.*$/s, '').trim().toLowerCase();
  return bare === 'image/jpg' ? 'image/jpeg' : bare;
}

function mimeOfName(name: string): string | undefined {
  const extension = /\.([a-z0-9]{2,5})$/i.exec(name)?.[1];
  return extension === undefined ? undefined : MIMES.get(extension.toLowerCase());
}

const LIKELY: Readonly<Record<MediaBlock['kind'], string>> = {
  image: 'image/png',
  audio: 'audio/wav',
  video: 'video/mp4',
  document: 'application/pdf',
};

const MIMES: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
  ['heic', 'image/heic'],
  ['avif', 'image/avif'],
  ['mp3', 'audio/mpeg'],
  ['wav', 'audio/wav'],
  ['flac', 'audio/flac'],
  ['ogg', 'audio/ogg'],
  ['opus', 'audio/ogg'],
  ['m4a', 'audio/mp4'],
  ['aac', 'audio/aac'],
  ['mp4', 'video/mp4'],
  ['mov', 'video/quicktime'],
  ['webm', 'video/webm'],
  ['pdf', 'application/pdf'],
  ['txt', 'text/plain'],
  ['md', 'text/markdown'],
  ['csv', 'text/csv'],
  ['html', 'text/html'],
  ['htm', 'text/html'],
  ['xml', 'application/xml'],
  ['json', 'application/json'],
  ['doc', 'application/msword'],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['xls', 'application/vnd.ms-excel'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
]);
