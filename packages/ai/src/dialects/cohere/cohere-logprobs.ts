import type { Json, JsonFields } from '../../canonical/json.ts';
import { fieldsOf, listOf, numberOf } from '../chat-shaped/members.ts';

/**
 * Log probabilities as OpenAI Chat writes them, out of Cohere's: an item there may be several tokens with one text, whose
 * probabilities are multiplied.
 */
export function readCohereLogprobs(items: readonly Json[]): Json | undefined {
  const content = items.flatMap((item) => {
    const fields = fieldsOf(item);
    const text = fields?.['text'];
    const numbers = (listOf(fields?.['logprobs']) ?? []).map(numberOf).filter((one) => one !== undefined);
    if (typeof text !== 'string' || numbers.length === 0) return [];
    const logprob = numbers.reduce((sum, one) => sum + one, 0);
    return [{ token: text, logprob, bytes: [...Buffer.from(text)], top_logprobs: [] }];
  });
  return content.length === 0 ? undefined : { content, refusal: null };
}

export function writeCohereLogprobs(logprobs: Json | undefined): JsonFields[] | undefined {
  const content = listOf(fieldsOf(logprobs)?.['content']);
  return content?.flatMap((entry) => {
    const fields = fieldsOf(entry);
    const [token, logprob] = [fields?.['token'], numberOf(fields?.['logprob'])];
    if (typeof token !== 'string' || logprob === undefined) return [];
    // Numbers of tokens are the vendor's own and are not told.
    return [{ text: token, token_ids: [], logprobs: [logprob] }];
  });
}
