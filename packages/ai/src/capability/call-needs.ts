import type { Block, ChatRequest, MediaBlock } from '../canonical/chat-request.ts';
import { mimeOf } from '../canonical/media-source.ts';

/** What a call cannot do without, by the name of the capability that serves it. */
export type Need = 'vision' | 'documents' | 'audio' | 'tools' | 'schema';

export const NEEDS: readonly Need[] = ['vision', 'documents', 'audio', 'tools', 'schema'];

export function hasNeed(request: ChatRequest, need: Need): boolean {
  return QUESTIONS[need](request);
}

const QUESTIONS: Readonly<Record<Need, (request: ChatRequest) => boolean>> = {
  vision: (request) => holds(request, ({ kind }) => kind === 'image'),
  documents: (request) => holds(request, isDocument),
  audio: (request) => holds(request, ({ kind }) => kind === 'audio'),
  // A vendor's own tools run at that vendor; whether it has them is not the model's affair.
  tools: ({ tools, toolChoice }) => toolChoice?.mode !== 'none' && tools.some(({ kind }) => kind !== 'hosted'),
  schema: ({ output }) => output.format?.kind === 'schema',
};

/** Is reasoning wished for, in so many words? */
export function wantsReasoning({ reasoning }: ChatRequest): boolean {
  if (reasoning === undefined || reasoning.mode === 'off') return false;
  return reasoning.effort !== 'none' && reasoning.effort !== 'minimal';
}

function holds({ turns }: ChatRequest, is: (medium: MediaBlock) => boolean): boolean {
  return turns.some(({ blocks }) => blocks.some((block) => mediaOf(block).some(is)));
}

/** The media in a block, be it one itself or the result of a tool. */
export function mediaOf(block: Block): readonly MediaBlock[] {
  if (block.type === 'media') return [block];
  return block.type === 'tool_result' ? block.content.filter((part) => part.type === 'media') : [];
}

/** Text in a file is told as text where files are not read. */
function isDocument(medium: MediaBlock): boolean {
  return medium.kind === 'document' && medium.source.via !== 'text' && !TEXTS.test(mimeOf(medium));
}

const TEXTS = /^text\/|^application\/(?:json|xml|yaml|x-yaml|javascript|x-ndjson|x-sh)$/;
