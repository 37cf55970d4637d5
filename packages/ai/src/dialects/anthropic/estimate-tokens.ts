import type { Block, ChatRequest, MediaBlock } from '../../canonical/chat-request.ts';

/**
 * About how many tokens a prompt has, for clients that show how full the context is and take 0 at its word. Four
 * characters make a token of English; an image is of middling size.
 */
export function estimateInputTokens({ instructions, turns, tools }: ChatRequest): number {
  let chars = 0;
  for (const { text } of instructions) chars += text.length;
  for (const { blocks } of turns) for (const block of blocks) chars += charsOf(block);
  for (const { name, description, schema, hosted } of tools) {
    chars += name.length + (description?.length ?? 0) + JSON.stringify(schema ?? hosted?.definition ?? {}).length;
  }
  return Math.max(1, tokensOf(chars) + turns.length * TURN_TOKENS);
}

export function tokensOf(chars: number): number {
  return Math.ceil(chars / CHARS_PER_TOKEN);
}

const CHARS_PER_TOKEN = 4;
const TURN_TOKENS = 3;
const IMAGE_CHARS = 1500 * CHARS_PER_TOKEN;
/** Base64 of a page of PDF, very roughly, against the tokens that it is read as. */
const DOCUMENT_CHARS_MAX = 100_000 * CHARS_PER_TOKEN;

export function charsOf(block: Block): number {
  switch (block.type) {
    case 'text':
    case 'refusal':
      return block.text.length;
    case 'reasoning':
      return block.text.length + (block.redacted?.value.length ?? 0);
    case 'tool_call':
      return block.name.length + block.input.length;
    case 'tool_result':
      return block.content.reduce((sum, part) => sum + charsOf(part), 0);
    case 'media':
      return charsOfMedia(block);
    case 'opaque':
      break;
  }
  return JSON.stringify(block.data).length;
}

function charsOfMedia({ kind, source }: MediaBlock): number {
  if (source.via === 'text') return source.text.length;
  if (kind === 'image' || source.via !== 'base64') return IMAGE_CHARS;
  return Math.min(DOCUMENT_CHARS_MAX, source.data.length / 4);
}
