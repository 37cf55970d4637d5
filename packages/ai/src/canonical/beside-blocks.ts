import { asText } from '../loose-json.ts';
import type { Block, DialectName, Signature } from './chat-request.ts';
import { isJsonFields, parseExact, type JsonFields } from './json.ts';
import { openSignature, sealSignature } from './signatures.ts';

/**
 * What a block of another dialect carries and the caller's has no room for: a tool call's signature, without which
 * Gemini refuses the next request, or the id of an item. It travels as redacted reasoning beside its block, which
 * callers send back as it came.
 */
export interface Beside {
  readonly of: 'next' | 'previous';
  readonly signature?: Signature;
  readonly itemId?: string;
}

/** Begins like a sealed signature, so that whoever looks for envelopes in a body finds it. */
const MARK = 'gatehouse+beside:';
const MARK_BASE64 = Buffer.from(MARK.slice(0, 15)).toString('base64');

/** For a caller of `speaker`'s dialect. */
export function sealBeside({ of, signature, itemId }: Beside, speaker: DialectName): string {
  const sealed = signature === undefined ? undefined : sealSignature(signature, speaker);
  return Buffer.from(MARK + JSON.stringify({ of, signature: sealed, itemId })).toString('base64');
}

export function openBeside(redacted: string, speaker: DialectName): Beside | undefined {
  if (!redacted.startsWith(MARK_BASE64)) return undefined;
  const text = Buffer.from(redacted, 'base64').toString('utf8');
  const fields = text.startsWith(MARK) ? parseExact(text.slice(MARK.length)) : undefined;
  return isJsonFields(fields) ? besideOf(fields, speaker) : undefined;
}

function besideOf(fields: JsonFields, speaker: DialectName): Beside {
  const signature = asText(fields['signature']);
  const itemId = asText(fields['itemId']);
  return {
    of: fields['of'] === 'previous' ? 'previous' : 'next',
    ...(signature !== undefined && { signature: openSignature(signature, speaker) }),
    ...(itemId !== undefined && { itemId }),
  };
}

/** The block with what came beside it. */
export function withBeside(block: Block, { signature, itemId }: Beside): Block {
  switch (block.type) {
    case 'text':
      return { ...block, ...(signature !== undefined && { signature }) };
    case 'reasoning':
      return { ...block, ...(itemId !== undefined && { itemId }) };
    case 'tool_call':
      return { ...block, ...(signature !== undefined && { signature }), ...(itemId !== undefined && { itemId }) };
    case 'refusal':
    case 'media':
    case 'tool_result':
    case 'opaque':
      break;
  }
  return block;
}
