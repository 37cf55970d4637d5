import type { DemoReply, DemoToolCall } from './demo-reply.ts';

export interface ChunkOptions {
  readonly model: string;
  readonly includeUsage: boolean;
}

/** A whole `chat.completion`. */
export function completionOf(reply: DemoReply, model: string): object {
  const { id, created, words, toolCall, finishReason, usage } = reply;
  const message = {
    role: 'assistant',
    content: toolCall === undefined ? words.join('') : null,
    refusal: null,
    ...(toolCall !== undefined && { tool_calls: [functionCall(toolCall, toolCall.arguments)] }),
  };
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason }],
    usage,
  };
}

/** The same reply as a stream: role, word by word or the tool call, finish, and the usage if it was asked for. */
export function chunksOf(reply: DemoReply, { model, includeUsage }: ChunkOptions): readonly object[] {
  const head = { id: reply.id, object: 'chat.completion.chunk', created: reply.created, model };
  const noUsage = includeUsage ? { usage: null } : {};
  const chunk = (delta: object, finishReason: string | null = null): object => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
    ...noUsage,
  });
  const { toolCall, words } = reply;
  return [
    chunk({ role: 'assistant', content: toolCall === undefined ? '' : null, refusal: null }),
    ...(toolCall === undefined ? words.map((content) => ({ content })) : toolDeltas(toolCall)).map((delta) =>
      chunk(delta),
    ),
    chunk({}, reply.finishReason),
    ...(includeUsage ? [{ ...head, choices: [], usage: reply.usage }] : []),
  ];
}

/** Name first and arguments in pieces, as real models send them. */
function toolDeltas(toolCall: DemoToolCall): object[] {
  const pieces = toolCall.arguments.match(/[^]{1,12}/gu) ?? [];
  return [
    { tool_calls: [{ index: 0, ...functionCall(toolCall, '') }] },
    ...pieces.map((piece) => ({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
  ];
}

function functionCall({ id, name }: DemoToolCall, args: string): object {
  return { id, type: 'function', function: { name, arguments: args } };
}
