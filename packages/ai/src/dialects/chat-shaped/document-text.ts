import { isUtf8 } from 'node:buffer';
import type { MediaBlock } from '../../canonical/chat-request.ts';
import { mimeOf } from '../../canonical/media-source.ts';

/** What a document says, when it is text; undefined for addresses, for files of a store and for bytes that are none. */
export function documentText(block: MediaBlock): string | undefined {
  const { source } = block;
  if (source.via === 'text') return source.text;
  if (source.via !== 'base64' || !TEXTS.test(mimeOf(block))) return undefined;
  const bytes = Buffer.from(source.data, 'base64');
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

const TEXTS = /^text\/|^application\/(?:json|xml|yaml|x-yaml|javascript|x-ndjson)$/;

/** A document as part of what is said, for places that have none for documents. */
export function taggedDocument({ title, name, context }: MediaBlock, text: string): string {
  const called = title ?? name;
  const head = [
    called === undefined ? '' : ` title=${JSON.stringify(called)}`,
    context === undefined ? '' : ` about=${JSON.stringify(context)}`,
  ];
  return `<document${head.join('')}>\n${text}\n</document>`;
}
