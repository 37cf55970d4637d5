import { readDataUrl, mimeOf } from '../../canonical/media-source.ts';
import type { MediaBlock } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import { extOf } from './block-ext.ts';
import { textOfWhole } from './read-media.ts';

/** An image or a document; undefined for what the dialect has no block for. */
export function writeMedia(block: MediaBlock, losses: Losses): JsonFields | undefined {
  if (block.kind === 'image') return writeImage(block, losses);
  if (block.kind === 'document') return writeDocument(block);
  losses.add('dropped', block.kind);
  return undefined;
}

function writeImage(block: MediaBlock, losses: Losses): JsonFields {
  if (block.detail !== undefined && block.detail !== 'auto') losses.add('dropped', 'detail');
  return { ...extOf(block, 'members'), type: 'image', source: imageSource(inlined(block)) };
}

/** A URL that holds the content itself is of no use as an address. */
function inlined(block: MediaBlock): MediaBlock {
  const data = block.source.via === 'url' ? readDataUrl(block.source.url) : undefined;
  return data === undefined ? block : { ...block, mime: data.mime, source: { via: 'base64', data: data.data } };
}

function imageSource(block: MediaBlock): JsonFields {
  const { source } = block;
  switch (source.via) {
    case 'base64': {
      const mime = mimeOf(block);
      if (!IMAGES.has(mime)) throw new Untranslatable(`This model takes no images of the type ${mime}.`, 'messages');
      return { type: 'base64', media_type: mime, data: source.data };
    }
    case 'url':
      return { type: 'url', url: source.url };
    case 'file':
      return { type: 'file', file_id: ownFile(source) };
    case 'text':
      break;
  }
  throw new Untranslatable('An image cannot be given as text.', 'messages');
}

const IMAGES: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);

function ownFile({ id, dialect }: { readonly id: string; readonly dialect: string }): string {
  if (dialect === 'anthropic') return id;
  throw new Untranslatable("A file in another vendor's store cannot be read from here: send its content.", 'file_id');
}

function writeDocument(block: MediaBlock): JsonFields {
  const whole = extOf(block, 'whole');
  // Whoever changed the text, such as a guardrail, means what is there now.
  if (whole !== undefined && isUnchanged(block, whole)) {
    const { cache_control: _, ...unmarked } = whole;
    return unmarked;
  }
  const title = block.title ?? block.name;
  const { context, citations } = block;
  return {
    ...extOf(block, 'members'),
    type: 'document',
    source: documentSource(inlined(block)),
    ...(title !== undefined && { title }),
    ...(context !== undefined && { context }),
    ...(citations !== undefined && { citations: { enabled: citations } }),
  };
}

function isUnchanged({ source, title, context }: MediaBlock, whole: JsonFields): boolean {
  if (source.via !== 'text' || textOfWhole(whole) !== source.text) return false;
  const place = whole['type'] === 'search_result' ? 'source' : 'context';
  return (whole['title'] ?? undefined) === title && (whole[place] ?? undefined) === context;
}

function documentSource(block: MediaBlock): JsonFields {
  const { source } = block;
  switch (source.via) {
    case 'base64': {
      const mime = mimeOf(block);
      if (mime === 'application/pdf') return { type: 'base64', media_type: mime, data: source.data };
      if (TEXTS.test(mime)) return plainText(Buffer.from(source.data, 'base64').toString('utf8'));
      throw new Untranslatable(`This model takes no documents of the type ${mime}.`, 'messages');
    }
    case 'url':
      return { type: 'url', url: source.url };
    case 'file':
      return { type: 'file', file_id: ownFile(source) };
    case 'text':
      break;
  }
  return plainText(source.text);
}

const TEXTS = /^text\/|^application\/(?:json|xml|yaml|x-yaml|javascript|x-sh)$/;

function plainText(data: string): JsonFields {
  return { type: 'text', media_type: 'text/plain', data };
}
