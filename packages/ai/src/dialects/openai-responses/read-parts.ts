import type {
  CacheMark,
  Citation,
  MediaBlock,
  MediaSource,
  RefusalBlock,
  TextBlock,
} from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { readDataUrl } from '../../canonical/media-source.ts';
import { asText } from '../../loose-json.ts';
import { fieldsOf, given, listOf, numberOf, stringOf, typeOf } from './fields.ts';
import { keep, OWN } from './own.ts';
import type { Strays } from './strays.ts';

export type PartBlock = TextBlock | RefusalBlock | MediaBlock;

/**
 * The content of a message: a string is one part. Undefined for a part of a kind that is not known here; text that is
 * empty stands for nothing, and a part without its content is `unread` for whoever keeps it as it is.
 */
export function readParts(content: Json | undefined, strays: Strays): readonly (PartBlock | UnreadPart)[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return listOf(content).flatMap((part): (PartBlock | UnreadPart)[] => {
    if (typeof part === 'string') return part === '' ? [] : [{ type: 'text', text: part }];
    const fields = fieldsOf(part);
    if (fields === undefined) return [];
    const block = readPart(fields, strays) ?? { type: 'unread', part: fields };
    return (block.type === 'text' || block.type === 'refusal') && block.text === '' ? [] : [block];
  });
}

export interface UnreadPart {
  readonly type: 'unread';
  readonly part: JsonFields;
}

function readPart(part: JsonFields, strays: Strays): PartBlock | undefined {
  switch (typeOf(part)) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return readText(part, strays);
    case 'refusal': {
      const text = stringOf(part['refusal']);
      return text === undefined ? undefined : { type: 'refusal', text };
    }
    case 'input_image':
      return readImage(part, strays);
    case 'input_file':
      return readFile(part, strays);
    case 'input_audio':
      return readAudio(part);
    default:
      return undefined;
  }
}

const MARK = 'prompt_cache_breakpoint';
const TEXT = { known: new Set(['type', 'text', 'annotations', 'parsed', MARK]), quiet: new Set(['logprobs']) };
const IMAGE = { known: new Set(['type', 'image_url', 'file_id', 'detail', MARK]) };
const FILE = { known: new Set(['type', 'file_data', 'file_id', 'file_url', 'filename', 'detail', MARK]) };

function readText(part: JsonFields, strays: Strays): TextBlock | undefined {
  const text = stringOf(part['text']);
  if (text === undefined) return undefined;
  const citations = listOf(part['annotations']).flatMap(readAnnotation);
  const block = given({ type: 'text', text, citations: citations.length > 0 ? citations : undefined, ...marked(part) });
  return keep<TextBlock>(block, withOddMark(part, strays.rest('input', part, TEXT)));
}

/** Shared by parts of requests and of replies. */
export function readAnnotation(annotation: Json): Citation[] {
  const data = fieldsOf(annotation);
  if (data === undefined) return [];
  const citation: Citation = given({
    url: asText(data['url']),
    title: asText(data['title']) ?? asText(data['filename']),
    start: numberOf(data['start_index']),
    end: numberOf(data['end_index']),
    raw: { dialect: OWN, data },
  });
  return [citation];
}

function readImage(part: JsonFields, strays: Strays): MediaBlock | undefined {
  const url = asText(part['image_url']) ?? asText(fieldsOf(part['image_url'])?.['url']);
  const found = url === undefined ? fileSource(part) : urlSource(url);
  if (found === undefined) return undefined;
  const block = given({ type: 'media', kind: 'image', ...found, detail: asText(part['detail']), ...marked(part) });
  return keep<MediaBlock>(block, withOddMark(part, strays.rest('input', part, IMAGE)));
}

function readFile(part: JsonFields, strays: Strays): MediaBlock | undefined {
  const url = asText(part['file_url']);
  const data = asText(part['file_data']);
  const inline = data === undefined ? undefined : inlineSource(data);
  const found = inline ?? (url === undefined ? fileSource(part) : urlSource(url));
  if (found === undefined) return undefined;
  const block = given({
    type: 'media',
    kind: 'document',
    ...found,
    name: asText(part['filename']),
    detail: asText(part['detail']),
    ...marked(part),
  });
  return keep<MediaBlock>(block, withOddMark(part, strays.rest('input', part, FILE)));
}

function readAudio(part: JsonFields): MediaBlock | undefined {
  const audio = fieldsOf(part['input_audio']);
  const data = asText(audio?.['data']);
  if (data === undefined) return undefined;
  const format = asText(audio?.['format']);
  const mime = format === undefined ? undefined : `audio/${format === 'mp3' ? 'mpeg' : format}`;
  return given({ type: 'media', kind: 'audio', mime, source: { via: 'base64', data } });
}

interface Found {
  readonly source: MediaSource;
  readonly mime?: string;
}

function urlSource(url: string): Found {
  return dataUrlSource(url) ?? { source: { via: 'url', url } };
}

/** Files come as data URLs or as bare base64. */
function inlineSource(data: string): Found {
  return dataUrlSource(data) ?? { source: { via: 'base64', data } };
}

function dataUrlSource(url: string): Found | undefined {
  const read = readDataUrl(url);
  return read === undefined ? undefined : { source: { via: 'base64', data: read.data }, mime: read.mime };
}

function fileSource(part: JsonFields): Found | undefined {
  const id = asText(part['file_id']);
  return id === undefined ? undefined : { source: { via: 'file', id, dialect: OWN } };
}

function marked(part: JsonFields): { readonly cache?: CacheMark } {
  const mark = fieldsOf(part[MARK]);
  if (mark === undefined) return {};
  return { cache: mark['ttl'] === '30m' ? { ttl: '30m' } : {} };
}

/** A time to live that canonical marks do not know. */
function withOddMark(part: JsonFields, rest: JsonFields | undefined): JsonFields | undefined {
  const mark = fieldsOf(part[MARK]);
  const ttl = mark?.['ttl'] ?? '30m';
  return mark === undefined || ttl === '30m' ? rest : { ...rest, [MARK]: mark };
}
