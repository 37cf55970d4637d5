import type { Block, ChatRequest } from '../../canonical/chat-request.ts';

/** A request with one user turn, unless told otherwise. */
export function requestOf(blocks: readonly Block[] | string, rest: Partial<ChatRequest> = {}): ChatRequest {
  return {
    dialect: 'openai-chat',
    model: 'm',
    stream: false,
    instructions: [],
    turns: [{ role: 'user', blocks: typeof blocks === 'string' ? [{ type: 'text', text: blocks }] : blocks }],
    tools: [],
    sampling: {},
    output: {},
    cache: {},
    includeUsage: false,
    ext: {},
    ...rest,
  };
}
