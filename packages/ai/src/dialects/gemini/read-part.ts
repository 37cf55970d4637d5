import type { Block, MediaBlock, ReasoningBlock, TextBlock } from '../../canonical/chat-request.ts';
import { restOf } from '../../canonical/collect-ext.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { openSignature } from '../../canonical/signatures.ts';
import { fieldsAt, flagAt, textAt } from './camel-fields.ts';
import { openProof } from './carried-signature.ts';
import type { NativeMembers } from './natives.ts';
import { readFileData, readInlineData } from './read-media.ts';

/** The parts that need nothing but themselves: all but calls and results. Undefined for one that says nothing. */
export function readPlainPart(part: JsonFields, where: string, natives: NativeMembers): Block | undefined {
  const text = textAt(part, 'text', `${where}.text`);
  const thought = flagAt(part, 'thought', `${where}.thought`) === true;
  const media = readMedia(part, where);
  if (media !== undefined && !thought) {
    return { type: 'media', ...media, ...natives.riding('parts', restOf(part, MEDIA_MEMBERS)) };
  }
  const rest = restOf(part, TEXT_MEMBERS);
  const holdsMore = Object.keys(rest ?? {}).some((name) => !BESIDE_TEXT.has(name));
  // Executed code, what a server's tool did, pictured thoughts: only Google knows what to do with them.
  if (holdsMore) return { type: 'opaque', dialect: 'gemini', data: part };
  const signature = readSignature(part, where);
  const block = thought ? readThought(text ?? '', signature) : readText(text ?? '', signature);
  return block === undefined ? undefined : { ...block, ...natives.riding('parts', rest) };
}

const MEDIA_MEMBERS: ReadonlySet<string> = new Set(['inlineData', 'fileData', 'thought']);
const TEXT_MEMBERS: ReadonlySet<string> = new Set(['text', 'thought', 'thoughtSignature']);
const BESIDE_TEXT: ReadonlySet<string> = new Set([
  'partMetadata',
  'speechMetadata',
  'videoMetadata',
  'mediaResolution',
]);

export function readMedia(part: JsonFields, where: string): Omit<MediaBlock, 'type'> | undefined {
  const inline = fieldsAt(part, 'inlineData', `${where}.inlineData`);
  if (inline !== undefined) return readInlineData(inline, `${where}.inlineData`);
  const file = fieldsAt(part, 'fileData', `${where}.fileData`);
  return file === undefined ? undefined : readFileData(file, `${where}.fileData`);
}

export function readSignature(part: JsonFields, where: string): string | undefined {
  const signature = textAt(part, 'thoughtSignature', `${where}.thoughtSignature`);
  return signature === '' ? undefined : signature;
}

function readText(text: string, signature: string | undefined): TextBlock | undefined {
  if (signature !== undefined) return { type: 'text', text, signature: openSignature(signature, 'gemini') };
  return text === '' ? undefined : { type: 'text', text };
}

function readThought(text: string, signature: string | undefined): ReasoningBlock | undefined {
  if (signature !== undefined) return { type: 'reasoning', text, ...openProof(signature) };
  return text === '' ? undefined : { type: 'reasoning', text };
}
