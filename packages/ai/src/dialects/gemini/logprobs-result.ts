import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { isList } from './camel-fields.ts';

/** Log probabilities of a candidate, or of a chunk of it, in the canonical shape, which is that of OpenAI's Chat. */
export function readLogprobs(result: Json | undefined): readonly JsonFields[] {
  if (!isJsonFields(result)) return [];
  const tops = listOf(result['topCandidates']);
  return listOf(result['chosenCandidates']).map((chosen, at) => ({
    ...readToken(chosen),
    top_logprobs: listOf(tops[at]?.['candidates']).map(readToken),
  }));
}

function listOf(value: Json | undefined): readonly JsonFields[] {
  return isList(value) ? value.filter(isJsonFields) : [];
}

function readToken({ token, logProbability }: JsonFields): JsonFields {
  const text = typeof token === 'string' ? token : '';
  return { token: text, logprob: logProbability ?? LEAST, bytes: [...Buffer.from(text)] };
}

/** What OpenAI says of a token that is as good as impossible. */
const LEAST = -9999;

export function writeLogprobs(logprobs: Json | undefined): JsonFields | undefined {
  const content = isJsonFields(logprobs) ? listOf(logprobs['content']) : [];
  if (content.length === 0) return undefined;
  return {
    chosenCandidates: content.map(writeToken),
    topCandidates: content.map((one) => ({ candidates: listOf(one['top_logprobs']).map(writeToken) })),
  };
}

function writeToken({ token, logprob }: JsonFields): JsonFields {
  return { token: token ?? '', logProbability: logprob ?? 0 };
}
