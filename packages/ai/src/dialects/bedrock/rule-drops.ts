import type { ChatRequest, Sampling } from '../../canonical/chat-request.ts';
import type { Losses } from '../../canonical/loss.ts';

/** The request without what the vendor's rules say it refuses, which is named as lost. */
export function withoutRefusedMembers(request: ChatRequest, drops: readonly string[], losses: Losses): ChatRequest {
  let kept = request;
  for (const name of drops) {
    const shorter = Object.hasOwn(MEMBERS, name) ? MEMBERS[name]?.(kept) : undefined;
    if (shorter === undefined) continue;
    losses.add('dropped', name);
    kept = shorter;
  }
  return kept;
}

/** By the name that a rule calls it, how to leave it out; undefined when it is not there. */
const MEMBERS: Readonly<Record<string, (request: ChatRequest) => ChatRequest | undefined>> = {
  temperature: (request) => withoutSampling(request, 'temperature'),
  top_p: (request) => withoutSampling(request, 'topP'),
  top_k: (request) => withoutSampling(request, 'topK'),
  stop: (request) => withoutSampling(request, 'stop'),
  max_tokens: (request) => without(request, 'maxOutputTokens'),
  tool_choice: (request) => without(request, 'toolChoice'),
  reasoning: (request) => without(request, 'reasoning'),
  service_tier: (request) => without(request, 'tier'),
  metadata: (request) => without(request, 'metadata'),
  user: (request) => without(request, 'endUser'),
  response_format: ({ output: { format, ...output }, ...request }) =>
    format === undefined ? undefined : { ...request, output },
};

type Optional = 'maxOutputTokens' | 'toolChoice' | 'reasoning' | 'tier' | 'metadata' | 'endUser';

function without(request: ChatRequest, member: Optional): ChatRequest | undefined {
  if (request[member] === undefined) return undefined;
  const kept = { ...request };
  delete kept[member];
  return kept;
}

function withoutSampling(request: ChatRequest, member: keyof Sampling): ChatRequest | undefined {
  if (request.sampling[member] === undefined) return undefined;
  const { [member]: _, ...sampling } = request.sampling;
  return { ...request, sampling };
}
