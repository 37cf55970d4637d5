import type { ChatRequest, Sampling } from '../../canonical/chat-request.ts';
import { numberOf, type Members } from '../chat-shaped/members.ts';
import { present } from '../chat-shaped/present.ts';

export function readSampling(request: Members): Sampling {
  return present({
    temperature: request.number('temperature'),
    topP: request.number('top_p'),
    topK: request.number('top_k'),
    minP: request.number('min_p'),
    frequencyPenalty: request.number('frequency_penalty'),
    presencePenalty: request.number('presence_penalty'),
    seed: request.number('seed'),
    logitBias: readLogitBias(request),
    stop: readStop(request),
    n: request.count('n', 1),
  });
}

function readStop(request: Members): readonly string[] | undefined {
  const stop = request.value('stop');
  const texts = typeof stop === 'string' ? [stop] : request.list('stop');
  const said = texts?.map((text) => (typeof text === 'string' ? text : request.refuse('stop', 'must hold strings')));
  const filled = said?.filter((text) => text !== '');
  return filled?.length === 0 ? undefined : filled;
}

function readLogitBias(request: Members): Readonly<Record<string, number>> | undefined {
  const bias = request.fields('logit_bias');
  if (bias === undefined) return undefined;
  const numbers = Object.entries(bias).map(([token, value]) => {
    return [token, numberOf(value) ?? request.refuse('logit_bias', 'must hold numbers')] as const;
  });
  return numbers.length === 0 ? undefined : Object.fromEntries(numbers);
}

/** The newer name counts when both are there (reference T43). */
export function readMaxTokens(request: Members): number | undefined {
  const old = request.count('max_tokens');
  return request.count('max_completion_tokens') ?? old;
}

export function readLogprobs(request: Members): ChatRequest['logprobs'] {
  const wanted = request.flag('logprobs');
  const top = request.count('top_logprobs');
  return wanted === true ? { top: top ?? 0 } : undefined;
}
