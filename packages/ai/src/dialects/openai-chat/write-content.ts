import type { Block, MediaBlock, OpaqueBlock, TextBlock } from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { mimeOf } from '../../canonical/media-source.ts';
import { present } from '../chat-shaped/present.ts';
import { takes, type WriteContext } from './write-context.ts';

/** The content of a user's message; undefined when nothing is left of it. */
export function writeContent(blocks: readonly Block[], context: WriteContext): Json | undefined {
  const parts = blocks.map((block) => writePart(block, context)).filter((part) => part !== undefined);
  return contentOf(parts, context);
}

/** One plain text is a string, which every server knows. */
export function contentOf(parts: readonly JsonFields[], { rules }: WriteContext): Json | undefined {
  const texts = parts.map(plainText);
  const [only] = texts;
  if (parts.length < 2 && only !== undefined) return only;
  if (rules.stringContent === true && texts.every((text) => text !== undefined)) return texts.join('\n\n');
  return parts.length === 0 ? undefined : parts;
}

/** The text of a part that says nothing else. */
export function plainText(part: JsonFields): string | undefined {
  const { type, text } = part;
  return type === 'text' && typeof text === 'string' && Object.keys(part).length === 2 ? text : undefined;
}

function writePart(block: Block, context: WriteContext): JsonFields | undefined {
  switch (block.type) {
    case 'text':
      return writeText(block, context);
    case 'refusal':
      return { type: 'text', text: block.text };
    case 'media':
      return { ...writeMedia(block, context), ...context.marks.members(block.cache) };
    case 'opaque':
      if (isOwnPart(block)) return { ...block.data, ...context.marks.members(block.cache) };
      context.losses.add('dropped', opaqueName(block.data));
      return undefined;
    case 'reasoning':
    case 'tool_call':
    case 'tool_result':
      break;
  }
  return undefined;
}

/** A part of content that only this dialect knows; what has no type stands for members of the message. */
export function isOwnPart({ dialect, data }: OpaqueBlock): boolean {
  return dialect === 'openai-chat' && typeof data['type'] === 'string';
}

/** The type is a stranger's word and goes into a header. */
export function opaqueName({ type }: JsonFields): string {
  return typeof type === 'string' && /^[\w.-]{1,64}$/.test(type) ? type : 'opaque';
}

export function writeText(block: TextBlock, { marks }: WriteContext): JsonFields | undefined {
  return block.text === '' ? undefined : { type: 'text', text: block.text, ...marks.members(block.cache) };
}

export function writeMedia(block: MediaBlock, context: WriteContext): JsonFields {
  switch (block.kind) {
    case 'image':
      return writeImage(block, context);
    case 'audio':
      return writeAudio(block);
    case 'document':
      return writeDocument(block, context);
    case 'video':
      break;
  }
  if (!takes(context, 'video_url')) throw refused('no video');
  return { type: 'video_url', video_url: { url: urlOf(block) } };
}

const DETAILS: ReadonlySet<string> = new Set(['auto', 'low', 'high', 'original']);

function writeImage(block: MediaBlock, { losses }: WriteContext): JsonFields {
  const { detail, source } = block;
  if (source.via === 'file') return writeFileId(block);
  const known = detail !== undefined && DETAILS.has(detail);
  if (detail !== undefined && !known) losses.add('dropped', 'detail');
  return { type: 'image_url', image_url: { url: urlOf(block), ...(known && { detail }) } };
}

const SOUNDS: ReadonlyMap<string, string> = new Map([
  ['audio/wav', 'wav'],
  ['audio/x-wav', 'wav'],
  ['audio/wave', 'wav'],
  ['audio/mpeg', 'mp3'],
  ['audio/mp3', 'mp3'],
]);

function writeAudio(block: MediaBlock): JsonFields {
  const { source } = block;
  if (source.via === 'file') return writeFileId(block);
  const format = SOUNDS.get(mimeOf(block));
  if (source.via !== 'base64' || format === undefined) throw refused('sound only as wav or mp3 inside the request');
  return { type: 'input_audio', input_audio: { data: source.data, format } };
}

function writeDocument(block: MediaBlock, { losses }: WriteContext): JsonFields {
  const { source, title, name, context: about } = block;
  if (block.citations === true) losses.add('dropped', 'citations');
  if (source.via === 'file') return writeFileId(block);
  if (source.via === 'text') {
    losses.add('emulated', 'document');
    return { type: 'text', text: asText(source.text, title ?? name, about) };
  }
  if (about !== undefined) losses.add('dropped', 'context');
  if (source.via === 'url') throw refused('documents only inside the request, not by their address');
  const mime = mimeOf(block);
  return {
    type: 'file',
    file: { filename: name ?? title ?? `document.${extensionOf(mime)}`, file_data: dataUrl(mime, source.data) },
  };
}

function asText(text: string, title: string | undefined, about: string | undefined): string {
  const head = [
    title === undefined ? '' : ` title=${JSON.stringify(title)}`,
    about === undefined ? '' : ` about=${JSON.stringify(about)}`,
  ];
  return `<document${head.join('')}>\n${text}\n</document>`;
}

function extensionOf(mime: string): string {
  return /\/([a-z0-9]{1,8})$/.exec(mime)?.[1]?.replace('plain', 'txt') ?? 'bin';
}

/** OpenAI has one store for both of its dialects. */
function writeFileId({ source, name }: MediaBlock): JsonFields {
  if (source.via !== 'file' || !source.dialect.startsWith('openai-'))
    throw refused("no files of another vendor's store");
  return { type: 'file', file: { file_id: source.id, ...present({ filename: name }) } };
}

/** A picture or a film where it is, or as a `data:` URL. */
export function urlOf(block: MediaBlock): string {
  const { source } = block;
  if (source.via === 'url') return source.url;
  if (source.via === 'base64') return dataUrl(mimeOf(block), source.data);
  throw refused(`no ${block.kind} of this kind`);
}

function dataUrl(mime: string, data: string): string {
  return `data:${mime};base64,${data}`;
}

function refused(what: string): Untranslatable {
  return new Untranslatable(`The provider of this model takes ${what}.`, 'messages');
}
