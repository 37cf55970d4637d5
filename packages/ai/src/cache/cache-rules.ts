import type { ChatReply, Choice, StopReason } from '../canonical/chat-reply.ts';
import type { Block, ChatRequest } from '../canonical/chat-request.ts';

/** What an operator lets the cache keep. */
export interface CacheRules {
  readonly ttlMs: number;
  /** Also answers in which the model refused or a filter cut in. */
  readonly refusals?: boolean;
  /** Also answers that call tools, the vendor's own included. */
  readonly toolCalls?: boolean;
  /** Only calls that say `temperature: 0`; who says none gets the vendor's, which is higher. */
  readonly zeroTemperatureOnly?: boolean;
}

/** Why an answer is not kept. */
export type NotKept =
  /** The caller said `no-store`. */
  | 'no_store'
  /** The call refers to what the vendor keeps, which may have changed. */
  | 'state'
  | 'temperature'
  | 'nesting'
  | 'tool_calls'
  | 'refusal'
  /** Cut, paused, or ended for a reason that nobody knows. */
  | 'unfinished'
  | 'empty'
  | 'too_large'
  | 'failed';

/** Why the cache has nothing to do with a call. */
export function whyNotAsked(request: ChatRequest, rules: CacheRules): NotKept | undefined {
  if (request.state !== undefined) return 'state';
  if (rules.zeroTemperatureOnly === true && request.sampling.temperature !== 0) return 'temperature';
  return undefined;
}

/** Why an answer must not be given to anybody else. */
export function whyNotShared({ choices }: ChatReply, rules: CacheRules): NotKept | undefined {
  if (!choices.some(({ blocks }) => blocks.some(saysSomething))) return 'empty';
  for (const choice of choices) {
    const reason = whyNotChoice(choice, rules);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function whyNotChoice({ blocks, stop }: Choice, rules: CacheRules): NotKept | undefined {
  const kind = ENDINGS[stop.reason];
  if (kind === 'unfinished') return kind;
  const refuses = kind === 'refusal' || blocks.some(({ type }) => type === 'refusal');
  if (refuses && rules.refusals !== true) return 'refusal';
  const calls = kind === 'tool_calls' || blocks.some(({ type }) => type === 'tool_call' || type === 'opaque');
  return calls && rules.toolCalls !== true ? 'tool_calls' : undefined;
}

const ENDINGS: Readonly<Record<StopReason, 'whole' | 'tool_calls' | 'refusal' | 'unfinished'>> = {
  end: 'whole',
  stop_sequence: 'whole',
  // The same call would be cut at the same limit: that is its whole answer.
  length: 'whole',
  tool_calls: 'tool_calls',
  content_filter: 'refusal',
  refusal: 'refusal',
  pause: 'unfinished',
  context_exceeded: 'unfinished',
  malformed_tool_call: 'unfinished',
  error: 'unfinished',
  unknown: 'unfinished',
};

function saysSomething(block: Block): boolean {
  return block.type === 'text' || block.type === 'refusal' ? /\S/.test(block.text) : block.type !== 'reasoning';
}
