import type { ChatRequest, DialectName } from '../canonical/chat-request.ts';
import type { EmbeddingsWish } from '../dialects/chat-shaped/embeddings-form.ts';

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

/** A call for vectors: what is said with one text stands beside it, what is said of the call beside all. */
export function wishAsChat({ input, each, ext = {} }: EmbeddingsWish, of: Of): ChatRequest {
  const chat = textsAsChat(input, of);
  if (each === undefined) return { ...chat, ext };
  const { dialect } = of;
  const turns = chat.turns.map((turn, at) => {
    const data = each[at];
    return data === undefined
      ? turn
      : { ...turn, blocks: [...turn.blocks, { type: 'opaque' as const, dialect, data }] };
  });
  return { ...chat, turns };
}

/** The same call again, as it is said now. */
export function chatAsWish(chat: ChatRequest, wish: EmbeddingsWish): EmbeddingsWish {
  const input = chatAsTexts(chat);
  if (wish.each === undefined) return { ...wish, input, ...(wish.ext !== undefined && { ext: chat.ext }) };
  const each = chat.turns.map(({ blocks }) => blocks.find((block) => block.type === 'opaque')?.data ?? {});
  return { ...wish, input, each };
}
