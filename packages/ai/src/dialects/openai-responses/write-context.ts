import type { CacheMark, ChatRequest } from '../../canonical/chat-request.ts';
import type { Losses } from '../../canonical/loss.ts';
import type { WireNames } from '../../canonical/wire-names.ts';
import { isOpenAis, OWN } from './own.ts';
import { callIds, toolNames } from './request-names.ts';

/** What every part of the request's writer needs. */
export interface WriteContext {
  readonly request: ChatRequest;
  readonly losses: Losses;
  readonly names: WireNames;
  readonly ids: WireNames;
  /** The caller speaks this dialect. */
  readonly own: boolean;
  /** Ids of calls of custom tools, whose results have a shape of their own. */
  readonly customCalls: ReadonlySet<string>;
  /** Reasoning that nobody signed is sent as text. */
  readonly replaysReasoning: boolean;
}

export function writeContext(
  request: ChatRequest,
  losses: Losses,
  rules: { readonly replaysReasoning?: boolean },
): WriteContext {
  return {
    request,
    losses,
    names: toolNames(request),
    ids: callIds(request),
    own: request.dialect === OWN,
    customCalls: new Set(
      request.turns
        .flatMap(({ blocks }) => blocks)
        .flatMap((block) => (block.type === 'tool_call' && block.custom === true ? [block.id] : [])),
    ),
    replaysReasoning: rules.replaysReasoning === true,
  };
}

/**
 * A cache mark on a part of the input. Callers of other vendors' dialects mark what their vendor would never cache
 * otherwise; OpenAI caches by itself, and only its newer models know marks.
 */
export function breakpoint(
  cache: CacheMark | undefined,
  { request, losses }: WriteContext,
): { readonly prompt_cache_breakpoint?: object } {
  if (cache === undefined) return {};
  if (!isOpenAis(request.dialect)) {
    losses.add('dropped', 'cache_control');
    return {};
  }
  return { prompt_cache_breakpoint: { mode: 'explicit', ...(cache.ttl === '30m' && { ttl: '30m' }) } };
}

/** Where a part of the input can bear no mark. */
export function loseMark(cache: CacheMark | undefined, { losses }: WriteContext): void {
  if (cache !== undefined) losses.add('dropped', 'cache_control');
}

/** The member that holds the conversation, in the caller's words. */
export function conversationParam({ dialect }: ChatRequest): string {
  if (dialect === OWN) return 'input';
  return dialect === 'gemini' ? 'contents' : 'messages';
}
