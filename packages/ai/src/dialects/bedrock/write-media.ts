import type { MediaBlock } from '../../canonical/chat-request.ts';
import { isJsonFields, parseExact, type JsonFields } from '../../canonical/json.ts';
import { mimeOf, readDataUrl } from '../../canonical/media-source.ts';
import type { DocumentNames } from './document-names.ts';
import { formatOf } from './media-formats.ts';

/** Why a medium has no form here. */
export interface MediaProblem {
  readonly problem: string;
}

/** The item for a medium, or what stands against it. */
export function writeMedia(block: MediaBlock, names: DocumentNames): JsonFields | MediaProblem {
  const data = inlined(block);
  const source = writeSource(data);
  if (isProblem(source)) return source;
  const mime = mimeOf(data);
  const format = formatOf(block.kind, mime);
  if (format === undefined) return { problem: `Bedrock knows no format for a ${block.kind} of type ${mime}.` };
  if (block.kind !== 'document') return { [block.kind]: { format, source } };
  return {
    document: {
      format,
      name: names.next(block.title ?? block.name),
      source,
      ...(block.context !== undefined && { context: block.context }),
      ...(block.citations !== undefined && { citations: { enabled: block.citations } }),
    },
  };
}

export function isProblem(wire: JsonFields | MediaProblem): wire is MediaProblem {
  return 'problem' in wire;
}

function inlined(block: MediaBlock): MediaBlock {
  const inline = block.source.via === 'url' ? readDataUrl(block.source.url) : undefined;
  return inline === undefined ? block : { ...block, mime: inline.mime, source: { via: 'base64', data: inline.data } };
}

function writeSource({ source, kind }: MediaBlock): JsonFields | MediaProblem {
  switch (source.via) {
    case 'base64':
      return { bytes: source.data };
    case 'text':
      return kind === 'document' ? { text: source.text } : { problem: `A ${kind} cannot be given as text.` };
    case 'file':
      if (source.dialect !== 'bedrock') return { problem: 'A file kept by another vendor cannot be read by Bedrock.' };
      return { s3Location: locationOf(source.id) };
    case 'url':
      break;
  }
  if (source.url.startsWith('s3://')) return { s3Location: { uri: source.url } };
  return { problem: 'Bedrock takes media as bytes or from S3, not by URL: send it as base64.' };
}

function locationOf(id: string): JsonFields {
  const whole = id.startsWith('{') ? parseExact(id) : undefined;
  return isJsonFields(whole) ? whole : { uri: id };
}
