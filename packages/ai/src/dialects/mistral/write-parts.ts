import type { Block, MediaBlock } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import { mimeOf } from '../../canonical/media-source.ts';
import { documentText, taggedDocument } from '../chat-shaped/document-text.ts';
import { opaqueName } from '../chat-shaped/opaque-name.ts';

/** A block as a part of content; none for what is left out. */
export function writePart(block: Block, losses: Losses): JsonFields[] {
  switch (block.type) {
    case 'text':
      if (block.signature !== undefined) losses.add('dropped', 'reasoning_signature');
      if ((block.citations ?? []).length > 0) losses.add('dropped', 'citations');
      return /\S/.test(block.text) ? [{ type: 'text', text: block.text }] : [];
    case 'refusal':
      return [{ type: 'text', text: block.text }];
    case 'media':
      return [writeMedia(block, losses)];
    case 'opaque':
      if (block.dialect === 'mistral' || (block.dialect === 'openai-chat' && PARTS.has(block.data['type']))) {
        return [block.data];
      }
      losses.add('dropped', opaqueName(block.data));
      return [];
    case 'reasoning':
    case 'tool_call':
    case 'tool_result':
      break;
  }
  return [];
}

/** Of Mistral's own, which Chat's readers keep as they are. */
const PARTS: ReadonlySet<unknown> = new Set(['document_url', 'reference', 'thinking', 'tool_reference']);

function writeMedia(block: MediaBlock, losses: Losses): JsonFields {
  if (block.source.via === 'file') return writeFile(block);
  switch (block.kind) {
    case 'image':
      return writeImage(block, losses);
    case 'audio':
      return { type: 'input_audio', input_audio: block.source.via === 'base64' ? block.source.data : urlOf(block) };
    case 'document':
      return writeDocument(block, losses);
    case 'video':
      break;
  }
  throw refused('no video');
}

function writeFile({ source }: MediaBlock): JsonFields {
  if (source.via !== 'file' || source.dialect !== 'mistral') throw refused("no files of another vendor's store");
  return { type: 'file', file_id: source.id };
}

const DETAILS: ReadonlySet<string> = new Set(['auto', 'low', 'high']);

function writeImage(block: MediaBlock, losses: Losses): JsonFields {
  const { detail } = block;
  if (detail === undefined) return { type: 'image_url', image_url: urlOf(block) };
  const known = DETAILS.has(detail);
  if (!known) losses.add('dropped', 'detail');
  return { type: 'image_url', image_url: { url: urlOf(block), ...(known && { detail }) } };
}

function writeDocument(block: MediaBlock, losses: Losses): JsonFields {
  if (block.citations === true) losses.add('dropped', 'citations');
  const text = documentText(block);
  if (text !== undefined) {
    losses.add('emulated', 'document');
    return { type: 'text', text: taggedDocument(block, text) };
  }
  if (block.context !== undefined) losses.add('dropped', 'context');
  const called = block.name ?? block.title;
  const document_url = urlOf(block);
  return { type: 'document_url', document_url, ...(called !== undefined && { document_name: called }) };
}

/** Where it is, or itself as a `data:` URL. */
function urlOf(block: MediaBlock): string {
  const { source } = block;
  if (source.via === 'url') return source.url;
  if (source.via === 'base64') return `data:${mimeOf(block)};base64,${source.data}`;
  throw refused(`no ${block.kind} of this kind`);
}

function refused(what: string): Untranslatable {
  return new Untranslatable(`The provider of this model takes ${what}.`, 'messages');
}
