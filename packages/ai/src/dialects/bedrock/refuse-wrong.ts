import type { ChatRequest } from '../../canonical/chat-request.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import type { ModelTraits } from './model-traits.ts';

/** Throws for what Bedrock would answer wrongly, not just differently (reference §3.2, R!). */
export function refuseWrong(request: ChatRequest, { claude }: ModelTraits): void {
  const { state, sampling, cache, turns, dialect } = request;
  if (state !== undefined) {
    const [member = 'previous_response_id'] = Object.keys(state);
    throw new Untranslatable('Bedrock keeps no conversations: send the whole history.', member);
  }
  if ((sampling.n ?? 1) > 1) throw new Untranslatable('Bedrock gives one answer a call.', 'n');
  if (cache.contentRef !== undefined) {
    throw new Untranslatable('Bedrock cannot read content that another vendor caches.', 'cached_content');
  }
  if (dialect !== 'bedrock' && claude?.prefill === false && turns.at(-1)?.role === 'assistant') {
    throw new Untranslatable('This model does not continue a message of the assistant.', 'messages');
  }
}
