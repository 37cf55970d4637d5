import type { ChatRequest } from '../../canonical/chat-request.ts';
import { loseExt } from '../../canonical/collect-ext.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';

/** Names what this dialect has no member for, and refuses what an answer without it would be wrong. */
export function nameLosses(request: ChatRequest, losses: Losses): void {
  refuse(request);
  const { sampling, output, cache } = request;
  const lost: readonly (readonly [string, boolean])[] = [
    ['min_p', isWish(sampling.minP)],
    ['frequency_penalty', isWish(sampling.frequencyPenalty)],
    ['presence_penalty', isWish(sampling.presencePenalty)],
    ['seed', sampling.seed !== undefined],
    ['logit_bias', Object.keys(sampling.logitBias ?? {}).length > 0],
    ['logprobs', request.logprobs !== undefined],
    ['verbosity', output.verbosity !== undefined],
    ['modalities', output.modalities?.some((modality) => modality !== 'text') === true],
    ['prompt_cache_key', cache.key !== undefined],
    ['metadata', Object.keys(request.metadata ?? {}).length > 0],
    ['service_tier', request.tier !== undefined && request.tier !== 'auto' && request.tier !== 'default'],
    // To be shown a summary of whatever kind is no more than `display` says.
    ['reasoning_summary', (request.reasoning?.summaryStyle ?? 'auto') !== 'auto'],
  ];
  for (const [name, isLost] of lost) if (isLost) losses.add('dropped', name);
  loseExt(request, 'anthropic', losses);
}

/** A penalty of 0 is what a call has without one. */
function isWish(value: number | undefined): boolean {
  return value !== undefined && value !== 0;
}

function refuse({ sampling, cache, state, dialect }: ChatRequest): void {
  if (sampling.n !== undefined && sampling.n > 1) {
    throw new Untranslatable('This model gives one answer a call.', 'n');
  }
  if (cache.contentRef !== undefined) {
    throw new Untranslatable(
      'Content that another vendor keeps in its cache cannot be read from here.',
      'cached_content',
    );
  }
  if (state !== undefined && dialect !== 'anthropic') {
    const [name = 'previous_response_id'] = Object.keys(state);
    throw new Untranslatable('A conversation that another vendor keeps cannot be continued here.', name);
  }
}
