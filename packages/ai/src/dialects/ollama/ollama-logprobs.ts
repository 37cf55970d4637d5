import type { Json, JsonFields } from '../../canonical/json.ts';
import { fieldsOf, listOf, numberOf } from '../chat-shaped/members.ts';

/** Log probabilities as OpenAI Chat writes them, whose entries Ollama's are like. */
export function readOllamaLogprobs(entries: readonly Json[]): Json | undefined {
  const content = entries.flatMap((entry) => {
    const token = tokenOf(entry);
    if (token === undefined) return [];
    const top = (listOf(fieldsOf(entry)?.['top_logprobs']) ?? []).map(tokenOf).filter((one) => one !== undefined);
    return [{ ...token, top_logprobs: top }];
  });
  return content.length === 0 ? undefined : { content, refusal: null };
}

export function writeOllamaLogprobs(logprobs: Json | undefined): JsonFields[] | undefined {
  const content = listOf(fieldsOf(logprobs)?.['content']);
  return content?.flatMap((entry) => {
    const token = tokenOf(entry);
    if (token === undefined) return [];
    const top = (listOf(fieldsOf(entry)?.['top_logprobs']) ?? []).map(tokenOf).filter((one) => one !== undefined);
    return [{ ...token, ...(top.length > 0 && { top_logprobs: top }) }];
  });
}

/** Without bytes, those of its text, which is all there is to know. */
function tokenOf(entry: Json): JsonFields | undefined {
  const fields = fieldsOf(entry);
  const [token, logprob] = [fields?.['token'], numberOf(fields?.['logprob'])];
  if (typeof token !== 'string' || logprob === undefined) return undefined;
  return { token, logprob, bytes: listOf(fields?.['bytes']) ?? [...Buffer.from(token)] };
}
