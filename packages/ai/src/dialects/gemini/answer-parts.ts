import type { Block, ChatRequest, Citation, Ext, OpaqueBlock, ToolCallBlock } from '../../canonical/chat-request.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { sealSignature } from '../../canonical/signatures.ts';
import { sealUnsigned } from '../../canonical/unsigned.ts';
import { sealProof } from './carried-signature.ts';
import { nativesOf } from './natives.ts';
import { callArgs, callPart, mediaPart, textPart } from './write-part.ts';

/** A block of an answer as its part; undefined for what this dialect has no part for. */
export function answerPart(block: Block): JsonFields | undefined {
  switch (block.type) {
    case 'text': {
      const signature = block.signature === undefined ? undefined : sealSignature(block.signature, 'gemini');
      return { ...textPart(block.text, { thought: false, signature }), ...nativesOf(block) };
    }
    case 'refusal':
      return textPart(block.text, { thought: false });
    case 'reasoning':
      return { ...textPart(block.text, { thought: true, signature: sealProof(block) }), ...nativesOf(block) };
    case 'tool_call': {
      const { id, name, signature } = block;
      const sealed = signature === undefined ? undefined : sealSignature(signature, 'gemini');
      return callPart({ id, name, args: callArgs(block), signature: sealed, natives: nativesOf(block) });
    }
    case 'media':
      return block.source.via === 'file' && block.source.dialect !== 'gemini'
        ? undefined
        : mediaPart(block, { named: true });
    case 'opaque':
      return block.dialect === 'gemini' && candidateNatives(block) === undefined ? block.data : undefined;
    case 'tool_result':
    default:
      return undefined;
  }
}

/**
 * The first call of an answer as its part. Gemini refuses one without a proof: a mark in its place keeps calls of others
 * from going there untouched.
 */
export function firstCallPart(block: ToolCallBlock): JsonFields | undefined {
  return { thoughtSignature: sealUnsigned('gemini'), ...answerPart(block) };
}

/** What a block holds that belongs to the candidate and not to its content. */
export function candidateNatives(block: OpaqueBlock): JsonFields | undefined {
  const { candidate } = block.data;
  return block.dialect === 'gemini' && isJsonFields(candidate) ? candidate : undefined;
}

/** Sources that another dialect named; those of this one are among the candidate's own members. */
export function citationMetadata(citations: readonly Citation[], said: string): JsonFields | undefined {
  const foreign = citations.filter(({ raw }) => raw?.dialect !== 'gemini');
  const sources = foreign.map((citation) => citationSource(citation, said));
  return sources.length === 0 ? undefined : { citationSources: sources };
}

function citationSource({ url, title, start, end }: Citation, said: string): JsonFields {
  // Google counts bytes.
  const bytes = (chars: number | undefined): number | undefined =>
    chars === undefined ? undefined : Buffer.byteLength(said.slice(0, chars));
  const source: [string, Json | undefined][] = [
    ['startIndex', bytes(start)],
    ['endIndex', bytes(end)],
    ['uri', url],
    ['title', title],
  ];
  return Object.fromEntries(source.filter((member): member is [string, Json] => member[1] !== undefined));
}

/** The prompt was refused: there is no candidate then. */
export function isRefused(ext: Ext | undefined): boolean {
  const feedback = ext?.gemini?.['promptFeedback'];
  return isJsonFields(feedback) && typeof feedback['blockReason'] === 'string';
}

/** Gemini shows thoughts to who asked for them; those that are signed must come back nevertheless. */
export function showsThoughts({ reasoning }: ChatRequest): boolean {
  return reasoning?.expose === 'summary' || reasoning?.expose === 'full';
}
