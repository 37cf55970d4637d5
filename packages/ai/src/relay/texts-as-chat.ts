import type { ChatRequest, DialectName } from '../canonical/chat-request.ts';

/** Texts of a call that is no chat, for who looks through what callers say: each is a turn of its own. */
export function textsAsChat(texts: readonly string[], { dialect, model }: Of): ChatRequest {
  return {
    dialect,
    model,
    stream: false,
    instructions: [],
    turns: texts.map((text) => ({ role: 'user', blocks: [{ type: 'text', text }] })),
    tools: [],
    sampling: {},
    output: {},
    cache: {},
    includeUsage: false,
    ext: {},
  };
}

interface Of {
  readonly dialect: DialectName;
  readonly model: string;
}

/** The same texts again, as they are now. */
export function chatAsTexts({ turns }: ChatRequest): string[] {
  return turns.map(({ blocks }) => blocks.map((block) => (block.type === 'text' ? block.text : '')).join(''));
}
