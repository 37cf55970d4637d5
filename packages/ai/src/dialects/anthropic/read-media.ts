import type { MediaBlock, MediaSource } from '../../canonical/chat-request.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { withExt } from './block-ext.ts';
import { readMark } from './cache-mark.ts';
import type { FieldReader } from './field-reader.ts';
import type { NamedExtras } from './named-extras.ts';

export function readImage(block: FieldReader, extras: NamedExtras): MediaBlock {
  const { mime, source } = readSource(block);
  const members = extras.of(block, 'messages', ['type', 'source', 'cache_control']);
  return {
    type: 'media',
    kind: 'image',
    ...(mime !== undefined && { mime }),
    source,
    ...readMark(block),
    ...withExt({ ...(members !== undefined && { members }) }),
  };
}

export function readDocument(block: FieldReader, extras: NamedExtras): MediaBlock {
  const { mime, source, whole } = readSource(block);
  const title = block.text('title');
  const context = block.text('context');
  const citations = block.fields('citations')?.flag('enabled');
  if (whole !== undefined && holdsPictures(whole)) extras.add('messages', 'image');
  const known = ['type', 'source', 'cache_control', 'title', 'context', 'citations'];
  const members = extras.of(block, 'messages', known);
  return {
    type: 'media',
    kind: 'document',
    ...(mime !== undefined && { mime }),
    ...(title !== undefined && { title }),
    ...(context !== undefined && { context }),
    ...(citations !== undefined && { citations }),
    source,
    ...readMark(block),
    ...withExt({ ...(members !== undefined && { members }), ...(whole !== undefined && { whole }) }),
  };
}

/** To others a found passage is a document with a title. */
export function readSearchResult(block: FieldReader): MediaBlock {
  const title = block.text('title');
  const context = block.text('source');
  return {
    type: 'media',
    kind: 'document',
    mime: 'text/plain',
    ...(title !== undefined && { title }),
    ...(context !== undefined && { context }),
    source: { via: 'text', text: textOfWhole(block.raw) },
    ...readMark(block),
    ...withExt({ whole: block.raw }),
  };
}

/** The text of a document in parts or of a search result; it tells too whether somebody has changed it since. */
export function textOfWhole(whole: JsonFields): string {
  const source = whole['source'];
  const content = whole['type'] === 'search_result' || !isJsonFields(source) ? whole['content'] : source['content'];
  if (typeof content === 'string') return content;
  return partsOf(content)
    .map((part) => (isJsonFields(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .filter((text) => text !== '')
    .join('\n\n');
}

/** Which only Anthropic can see in the midst of a document. */
function holdsPictures({ source }: JsonFields): boolean {
  const parts = partsOf(isJsonFields(source) ? source['content'] : undefined);
  return parts.some((part) => isJsonFields(part) && part['type'] !== 'text');
}

function partsOf(content: Json | undefined): readonly Json[] {
  return Array.isArray(content) ? content : [];
}

interface Read {
  readonly mime?: string;
  readonly source: MediaSource;
  readonly whole?: JsonFields;
}

function readSource(block: FieldReader): Read {
  const source = block.fields('source') ?? block.refuse('source', 'is required');
  const mime = source.text('media_type')?.toLowerCase();
  switch (source.needText('type')) {
    case 'base64':
      return { ...(mime !== undefined && { mime }), source: { via: 'base64', data: source.needText('data') } };
    case 'text':
      return { mime: mime ?? 'text/plain', source: { via: 'text', text: source.needText('data') } };
    case 'url':
      return { source: { via: 'url', url: source.needText('url') } };
    case 'file':
      return { source: { via: 'file', id: source.needText('file_id'), dialect: 'anthropic' } };
    case 'content':
      return { mime: 'text/plain', source: { via: 'text', text: textOfWhole(block.raw) }, whole: block.raw };
    default:
      return source.refuse('type', 'is no known kind of source');
  }
}
