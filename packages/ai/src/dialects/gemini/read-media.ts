import type { MediaBlock } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { textAt } from './camel-fields.ts';

type Media = Omit<MediaBlock, 'type'>;

/** Bytes in the part itself. */
export function readInlineData(data: JsonFields, where: string): Media {
  const mime = readMime(data, where);
  return {
    kind: kindOf(mime),
    ...(mime !== undefined && { mime }),
    ...readName(data, where),
    source: { via: 'base64', data: textAt(data, 'data', `${where}.data`) ?? '' },
  };
}

/** What Google keeps or fetches: only addresses that anybody may fetch are of use to others. */
export function readFileData(data: JsonFields, where: string): Media {
  const mime = readMime(data, where);
  const uri = textAt(data, 'fileUri', `${where}.fileUri`) ?? '';
  const kept = !/^https?:/i.test(uri) || GOOGLE_FILE.test(uri);
  return {
    kind: YOUTUBE.test(uri) ? 'video' : kindOf(mime),
    ...(mime !== undefined && { mime }),
    ...readName(data, where),
    source: kept ? { via: 'file', id: uri, dialect: 'gemini' } : { via: 'url', url: uri },
  };
}

const GOOGLE_FILE = /^https:\/\/generativelanguage\.googleapis\.com\//i;
const YOUTUBE = /^https?:\/\/(?:(?:www|m)\.)?(?:youtube\.com|youtu\.be)\//i;

/** Addresses that Google reads by itself; all others have to be fetched and sent as bytes. */
export function isGoogleUri(uri: string): boolean {
  return /^gs:\/\//i.test(uri) || GOOGLE_FILE.test(uri) || YOUTUBE.test(uri);
}

function readMime(data: JsonFields, where: string): string | undefined {
  const mime = textAt(data, 'mimeType', `${where}.mimeType`)?.toLowerCase();
  return mime === '' ? undefined : mime;
}

function readName(data: JsonFields, where: string): { readonly name?: string } {
  const name = textAt(data, 'displayName', `${where}.displayName`);
  return name === undefined || name === '' ? {} : { name };
}

function kindOf(mime: string | undefined): MediaBlock['kind'] {
  const [family] = mime?.split('/', 1) ?? [];
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'document';
}
