import type { Block, CacheMark, MediaBlock, TextBlock } from '../../canonical/chat-request.ts';
import type { Json } from '../../canonical/json.ts';
import { readDataUrl } from '../../canonical/media-source.ts';
import { fieldsOf, Members } from '../chat-shaped/members.ts';
import { present } from '../chat-shaped/present.ts';

/** The content of a message: a string, parts, or nothing. Texts that say nothing are left out. */
export function readContent(message: Members, read: (part: Members) => Block = readPart): Block[] {
  const content = message.value('content');
  if (content === undefined) return [];
  if (typeof content === 'string') return textOf(content);
  if (!Array.isArray(content)) return message.refuse('content', 'must be a string or an array of parts');
  return content.flatMap((part: Json, at) => {
    if (typeof part === 'string') return textOf(part);
    const fields = fieldsOf(part) ?? message.refuse(`content[${at}]`, 'must be an object');
    const block = read(new Members(fields, message.path(`content[${at}]`)));
    return block.type === 'text' && block.text === '' ? [] : [block];
  });
}

function textOf(text: string): Block[] {
  return text === '' ? [] : [{ type: 'text', text }];
}

export function readPart(part: Members): Block {
  const type = part.name('type');
  if (type === 'refusal') return { type, text: part.name('refusal') };
  const cache = present({ cache: readCacheMark(part) });
  const block = PARTS.get(type)?.(part);
  if (block !== undefined) return { ...block, ...cache };
  return { type: 'opaque', dialect: 'openai-chat', data: { type, ...part.rest() }, ...cache };
}

/** Messages that hold text and nothing else: instructions. */
export function readTextPart(part: Members): Block {
  const type = part.name('type');
  return TEXT_PARTS.has(type) ? readPart(part) : part.refuse('type', "must be 'text' in this message");
}

/** OpenAI's own mark, or Anthropic's, which several vendors of this dialect take. */
export function readCacheMark(part: Members): CacheMark | undefined {
  const own = part.inside('prompt_cache_breakpoint');
  const mark = own ?? part.inside('cache_control');
  if (mark === undefined) return undefined;
  const ttl = mark.text('ttl');
  if (ttl === '5m' || ttl === '30m' || ttl === '1h') return { ttl };
  // Longer than any that the canonical form knows: the longest comes nearest.
  return ttl === undefined ? {} : { ttl: '1h' };
}

const TEXT_PARTS: ReadonlySet<string> = new Set(['text', 'input_text', 'output_text']);

type PartReader = (part: Members) => TextBlock | MediaBlock;

const PARTS: ReadonlyMap<string, PartReader> = new Map<string, PartReader>([
  ...Array.from(TEXT_PARTS, (type) => [type, readText] as const),
  ['image_url', (part) => readUrl(part, 'image_url', 'image')],
  ['video_url', (part) => readUrl(part, 'video_url', 'video')],
  ['audio_url', (part) => readUrl(part, 'audio_url', 'audio')],
  ['input_audio', readAudio],
  ['file', readFile],
  ['document_url', readDocumentUrl],
]);

function readText(part: Members): TextBlock {
  return { type: 'text', text: part.text('text') ?? part.refuse('text', 'must be a string') };
}

/** `{url, detail}`, or the address alone, as some clients write it. */
function readUrl(part: Members, name: string, kind: 'image' | 'video' | 'audio' | 'document'): MediaBlock {
  const value = part.value(name);
  if (typeof value === 'string') return mediaAt(value, kind) ?? part.refuse(name, NO_ADDRESS);
  const inside = part.inside(name) ?? part.refuse(name, 'must be an object');
  const block = mediaAt(inside.name('url'), kind) ?? inside.refuse('url', NO_ADDRESS);
  return { ...block, ...present({ detail: inside.text('detail') }) };
}

const NO_ADDRESS = 'is no valid address';

/** Where pictures and films are, or the things themselves in a `data:` URL; undefined for what is neither. */
export function mediaAt(url: string, kind: MediaBlock['kind']): MediaBlock | undefined {
  if (/^\s*data:/i.test(url.slice(0, 64))) {
    const inUrl = readDataUrl(url);
    return inUrl && { type: 'media', kind, mime: inUrl.mime, source: { via: 'base64', data: inUrl.data } };
  }
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? { type: 'media', kind, source: { via: 'url', url } } : undefined;
}

function readAudio(part: Members): MediaBlock {
  const audio = part.inside('input_audio') ?? part.refuse('input_audio', 'must be an object');
  const data = audio.name('data');
  const format = audio.text('format') ?? 'wav';
  const inUrl = data.startsWith('data:') ? readDataUrl(data) : undefined;
  const mime = format === 'mp3' ? 'audio/mpeg' : `audio/${format.toLowerCase()}`;
  return { type: 'media', kind: 'audio', mime, source: { via: 'base64', data: inUrl?.data ?? data } };
}

function readFile(part: Members): MediaBlock {
  const file = part.inside('file') ?? part.refuse('file', 'must be an object');
  const name = present({ name: file.text('filename') });
  const id = file.text('file_id');
  if (id !== undefined) {
    return { type: 'media', kind: 'document', ...name, source: { via: 'file', id, dialect: 'openai-chat' } };
  }
  const data = file.name('file_data');
  if (!data.includes(':')) return { type: 'media', kind: 'document', ...name, source: { via: 'base64', data } };
  const block = mediaAt(data, 'document') ?? file.refuse('file_data', 'is no valid data URL');
  return { ...block, kind: kindOf(block.mime), ...name };
}

/** Mistral's way, whose SDK has no other. */
function readDocumentUrl(part: Members): MediaBlock {
  return { ...readUrl(part, 'document_url', 'document'), ...present({ name: part.text('document_name') }) };
}

function kindOf(mime = ''): MediaBlock['kind'] {
  const [family] = mime.split('/');
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'document';
}
