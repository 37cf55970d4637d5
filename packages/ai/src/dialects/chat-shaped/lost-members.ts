import type { Block, ChatRequest } from '../../canonical/chat-request.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';

/** Names what was asked for and is not among `taken`, by its name in OpenAI Chat. */
export function loseMembers(request: ChatRequest, taken: ReadonlySet<string>, losses: Losses): void {
  const { sampling, output, cache, tier, turns } = request;
  const asked: Readonly<Record<string, boolean>> = {
    top_k: sampling.topK !== undefined,
    min_p: sampling.minP !== undefined,
    logit_bias: Object.keys(sampling.logitBias ?? {}).length > 0,
    logprobs: request.logprobs !== undefined,
    verbosity: output.verbosity !== undefined,
    modalities: output.modalities?.some((modality) => modality.toLowerCase() !== 'text') === true,
    // Calls at once are what models do anyway: only forbidding them says something.
    parallel_tool_calls: request.parallelTools === false,
    prompt_cache_key: cache.key !== undefined,
    cache_control: cache.auto !== undefined || hasMarks(request),
    user: request.endUser !== undefined,
    metadata: Object.keys(request.metadata ?? {}).length > 0,
    service_tier: tier !== undefined && tier !== 'auto' && tier !== 'default',
    name: turns.some((turn) => turn.name !== undefined),
    // Thoughts are shown as they are; only a certain kind of summary is more than that.
    reasoning_summary: (request.reasoning?.summaryStyle ?? 'auto') !== 'auto',
    phase: turns.some((turn) => turn.phase !== undefined),
  };
  for (const [name, isAsked] of Object.entries(asked)) {
    if (isAsked && !taken.has(name)) losses.add('dropped', name);
  }
}

function hasMarks({ instructions, turns, tools }: ChatRequest): boolean {
  const marked = instructions.some(isMarked) || tools.some(isMarked);
  return marked || turns.some(({ blocks }) => blocks.some(isMarkedBlock));
}

function isMarkedBlock(block: Block): boolean {
  return isMarked(block) || (block.type === 'tool_result' && block.content.some(isMarked));
}

function isMarked(holder: { readonly cache?: unknown } | Block): boolean {
  return 'cache' in holder && holder.cache !== undefined;
}

/** Throws for what the caller's own vendor keeps: an answer without it would be to something else. */
export function refuseKept({ state, cache }: ChatRequest): void {
  const [kept] = Object.keys(state ?? {});
  if (kept !== undefined) throw new Untranslatable('The provider of this model keeps no conversations.', kept);
  if (cache.contentRef !== undefined) {
    throw new Untranslatable("The provider of this model has no part in another vendor's cache.", 'cached_content');
  }
}

export function refuseSeveral({ sampling }: ChatRequest): void {
  if ((sampling.n ?? 1) > 1) throw new Untranslatable('The provider of this model gives one answer a call.', 'n');
}
