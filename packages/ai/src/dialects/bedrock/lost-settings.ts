import type { ChatRequest } from '../../canonical/chat-request.ts';
import type { Losses } from '../../canonical/loss.ts';

/** Names what Converse has no member for. */
export function loseSettings(request: ChatRequest, losses: Losses): void {
  const { sampling, output } = request;
  const modalities = output.modalities?.some((modality) => modality.toLowerCase() !== 'text') === true;
  const asked: Readonly<Record<string, unknown>> = {
    min_p: sampling.minP,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    seed: sampling.seed,
    logit_bias: sampling.logitBias,
    logprobs: request.logprobs,
    verbosity: output.verbosity,
    modalities: modalities || undefined,
    prompt_cache_key: request.cache.key,
    // Calls at once are the default, and only forbidding them says something.
    parallel_tool_calls: request.parallelTools === false || undefined,
  };
  for (const [name, value] of Object.entries(asked)) if (value !== undefined) losses.add('dropped', name);
}
