import type { MediaBlock, Signature, ToolCallBlock } from '../../canonical/chat-request.ts';
import { isJsonFields, parseExact, type JsonFields } from '../../canonical/json.ts';
import { mimeOf } from '../../canonical/media-source.ts';
import { nativesOf } from './natives.ts';

/** A part of text; the signature is as it goes out. */
export function textPart(
  text: string,
  options: { readonly thought: boolean; readonly signature?: string | undefined },
): JsonFields {
  const { thought, signature } = options;
  return { text, ...(thought && { thought }), ...signed(signature) };
}

export interface CallPart {
  readonly id: string | undefined;
  readonly name: string;
  readonly args: JsonFields;
  readonly signature: string | undefined;
  readonly natives?: JsonFields | undefined;
}

export function callPart({ id, name, args, signature, natives }: CallPart): JsonFields {
  return { functionCall: { ...(id !== undefined && { id }), name, args, ...natives }, ...signed(signature) };
}

function signed(signature: string | undefined): JsonFields {
  return signature === undefined ? {} : { thoughtSignature: signature };
}

/** What only Google may see of a signature: nobody's but its own. */
export function ownSignature(signature: Signature | undefined): string | undefined {
  return signature?.dialect === 'gemini' ? signature.value : undefined;
}

/** The arguments as an object: free text and what is no object are wrapped (reference §3.3 and T6). */
export function callArgs({ input, custom }: Pick<ToolCallBlock, 'input' | 'custom'>): JsonFields {
  if (custom === true) return { input };
  if (input.trim() === '') return {};
  const args = parseExact(input);
  return isJsonFields(args) && !Object.isFrozen(args) ? args : { _raw_arguments: input };
}

/** `named`: the vendor's own callers may give files names; others' names are not known to be welcome. */
export function mediaPart(block: MediaBlock, options: { readonly named: boolean }): JsonFields {
  const { source, mime } = block;
  const name = options.named && block.name !== undefined && { displayName: block.name };
  const type = mime !== undefined && { mimeType: mime };
  const natives = nativesOf(block);
  switch (source.via) {
    case 'base64':
      return { inlineData: { mimeType: mimeOf(block), data: source.data, ...name }, ...natives };
    case 'text':
      return {
        inlineData: { mimeType: textMime(mime), data: Buffer.from(source.text).toString('base64') },
        ...natives,
      };
    case 'file':
      return { fileData: { ...type, fileUri: source.id, ...name }, ...natives };
    case 'url':
    default:
      return { fileData: { ...type, fileUri: source.url, ...name }, ...natives };
  }
}

function textMime(mime: string | undefined): string {
  return mime?.startsWith('text/') === true ? mime : 'text/plain';
}
