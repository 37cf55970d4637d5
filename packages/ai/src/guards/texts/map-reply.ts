import type { ChatReply, Choice } from '../../canonical/chat-reply.ts';
import type { Block } from '../../canonical/chat-request.ts';
import { replaced } from './map-blocks.ts';
import { mapExt } from './map-request.ts';
import type { MapText } from './text-source.ts';

/** A reply with its blocks mapped, and the texts that only its dialect knows; the same object when none changed. */
export function mapReply(reply: ChatReply, mapBlocks: (choice: Choice) => Choice, map: MapText): ChatReply {
  const choices = reply.choices.map(mapBlocks);
  const changed = choices.some((choice, at) => choice !== reply.choices[at]);
  const mapped = changed ? { ...reply, choices } : reply;
  return reply.ext === undefined ? mapped : replaced(mapped, 'ext', mapExt(reply.ext, 'model', map));
}

/** What an answer shows as its text. */
export function shownText(blocks: readonly Block[]): string {
  let text = '';
  for (const block of blocks) if (block.type === 'text' || block.type === 'refusal') text += block.text;
  return text;
}

/** What a caller sees of an answer beside its text: thoughts, and what tools are told. */
export function textsBeside(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) => {
    if (block.type === 'reasoning') return block.text;
    return block.type === 'tool_call' ? block.input : [];
  });
}
