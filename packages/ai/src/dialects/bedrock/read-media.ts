import type { MediaBlock, MediaSource } from '../../canonical/chat-request.ts';
import { isJsonFields, type JsonFields } from '../../canonical/json.ts';
import { asText } from '../../loose-json.ts';
import { textOf } from './citations.ts';
import { mimeOfFormat } from './media-formats.ts';
import { remember } from './wire-memory.ts';

const KINDS: readonly MediaBlock['kind'][] = ['image', 'document', 'video', 'audio'];

/** An item that holds a medium; undefined for any other. */
export function readMedia(item: JsonFields): MediaBlock | undefined {
  for (const kind of KINDS) {
    const data = item[kind];
    if (isJsonFields(data)) return readKind(kind, data, item);
  }
  return undefined;
}

function readKind(kind: MediaBlock['kind'], data: JsonFields, item: JsonFields): MediaBlock | undefined {
  const source = readSource(data['source']);
  if (source === undefined) return undefined;
  const mime = mimeOfFormat(kind, asText(data['format']));
  const name = kind === 'document' ? asText(data['name']) : undefined;
  const context = kind === 'document' ? asText(data['context']) : undefined;
  const citations = isJsonFields(data['citations']) ? data['citations']['enabled'] : undefined;
  return remember(
    {
      type: 'media',
      kind,
      ...(mime !== undefined && { mime }),
      ...(name !== undefined && { name }),
      ...(context !== undefined && { context }),
      ...(typeof citations === 'boolean' && { citations }),
      source,
    },
    item,
  );
}

/** A place in S3 is Bedrock's own: with the bucket's owner it needs the whole object as its id. */
function readSource(source: JsonFields[string] | undefined): MediaSource | undefined {
  if (!isJsonFields(source)) return undefined;
  const { bytes, text, content, s3Location } = source;
  if (typeof bytes === 'string') return { via: 'base64', data: bytes };
  if (typeof text === 'string') return { via: 'text', text };
  if (Array.isArray(content)) return { via: 'text', text: textOf(content) };
  if (!isJsonFields(s3Location)) return undefined;
  const uri = asText(s3Location['uri']);
  if (uri === undefined) return undefined;
  const whole = Object.keys(s3Location).length > 1 ? JSON.stringify(s3Location) : uri;
  return { via: 'file', id: whole, dialect: 'bedrock' };
}
