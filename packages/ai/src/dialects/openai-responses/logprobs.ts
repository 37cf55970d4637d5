import type { Json } from '../../canonical/json.ts';
import { listFields, type Fields } from '../../loose-json.ts';
import { fieldsOf, listOf } from './fields.ts';

/** Tokens of all text parts, in the form that Chat has for them. */
export function readLogprobs(output: readonly Json[]): Json | undefined {
  const parts = output.flatMap((item) => listOf(fieldsOf(item)?.['content']));
  const content = parts.flatMap((part) => listOf(fieldsOf(part)?.['logprobs']));
  return content.length === 0 ? undefined : { content };
}

/**
 * The reverse, for an answer that has just been written. Other dialects tell tokens for the answer as a whole: they go
 * with its first text, unless texts have their own.
 */
export function addLogprobs(items: Fields[], logprobs: Json | undefined): void {
  const content = listOf(fieldsOf(logprobs)?.['content']);
  if (content.length === 0 || items.some((item) => partsOf(item).some(hasLogprobs))) return;
  const at = items.findIndex((item) => partsOf(item).some((part) => part['type'] === 'output_text'));
  const item = items[at];
  if (item === undefined) return;
  const first = partsOf(item).find((part) => part['type'] === 'output_text');
  items[at] = {
    ...item,
    content: partsOf(item).map((part) => (part === first ? { ...part, logprobs: content } : part)),
  };
}

function partsOf(item: Fields): readonly Fields[] {
  const content = item['type'] === 'message' ? item['content'] : undefined;
  return listFields(content);
}

function hasLogprobs(part: Fields): boolean {
  return Array.isArray(part['logprobs']) && part['logprobs'].length > 0;
}
