import type { ChatRequest, Sampling } from '../../canonical/chat-request.ts';
import type { Target } from '../../canonical/dialect.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';

/** The request without what the vendor's rules say it refuses, each named as lost. */
export function withoutDrops(asked: ChatRequest, { rules }: Target, losses: Losses): ChatRequest {
  let request = asked;
  for (const name of rules.drops ?? []) {
    const kept = without(request, name);
    if (kept === undefined) continue;
    if (name === 'n' && (request.sampling.n ?? 1) > 1) {
      throw new Untranslatable('The provider of this model gives one answer a call.', 'n');
    }
    if (name !== 'n') losses.add('dropped', name);
    request = kept;
  }
  return request;
}

/** Undefined when it is not there. */
function without(request: ChatRequest, name: string): ChatRequest | undefined {
  const sampled = SAMPLING.get(name);
  if (sampled !== undefined) return withoutSampling(request, sampled);
  const member = MEMBERS.get(name);
  if (member !== undefined) return withoutMember(request, member);
  const { format, verbosity, ...output } = request.output;
  if (name === 'response_format' && format !== undefined) {
    return { ...request, output: { ...output, ...(verbosity !== undefined && { verbosity }) } };
  }
  return withoutExtra(request, name);
}

function withoutExtra(request: ChatRequest, name: string): ChatRequest | undefined {
  const extras = Object.entries(request.ext);
  if (!extras.some(([, members]) => Object.hasOwn(members, name))) return undefined;
  const kept = extras.map(([dialect, members]) => {
    return [dialect, Object.fromEntries(Object.entries(members).filter(([member]) => member !== name))] as const;
  });
  return { ...request, ext: Object.fromEntries(kept) };
}

const SAMPLING: ReadonlyMap<string, keyof Sampling> = new Map([
  ['temperature', 'temperature'],
  ['top_p', 'topP'],
  ['top_k', 'topK'],
  ['min_p', 'minP'],
  ['frequency_penalty', 'frequencyPenalty'],
  ['presence_penalty', 'presencePenalty'],
  ['seed', 'seed'],
  ['logit_bias', 'logitBias'],
  ['stop', 'stop'],
  ['n', 'n'],
]);

type Optional =
  | 'maxOutputTokens'
  | 'logprobs'
  | 'toolChoice'
  | 'parallelTools'
  | 'reasoning'
  | 'tier'
  | 'endUser'
  | 'metadata';

const MEMBERS: ReadonlyMap<string, Optional> = new Map([
  ['max_tokens', 'maxOutputTokens'],
  ['logprobs', 'logprobs'],
  ['tool_choice', 'toolChoice'],
  ['parallel_tool_calls', 'parallelTools'],
  ['reasoning', 'reasoning'],
  ['reasoning_effort', 'reasoning'],
  ['service_tier', 'tier'],
  ['user', 'endUser'],
  ['metadata', 'metadata'],
]);

function withoutSampling(request: ChatRequest, member: keyof Sampling): ChatRequest | undefined {
  if (request.sampling[member] === undefined) return undefined;
  const { [member]: _, ...sampling } = request.sampling;
  return { ...request, sampling };
}

function withoutMember(request: ChatRequest, member: Optional): ChatRequest | undefined {
  if (request[member] === undefined) return undefined;
  const kept = { ...request };
  delete kept[member];
  return kept;
}
