import type { ToolCallBlock } from '../../canonical/chat-request.ts';
import { isJsonFields, parseExact, type JsonFields } from '../../canonical/json.ts';

/** What holds arguments that are no JSON object, where the dialect has room for nothing else. */
export const RAW_ARGUMENTS = '_raw_arguments';

/** What stands for the free text of a custom tool. */
export const CUSTOM_INPUT = 'input';

/** The `input` of a `tool_use`. */
export function inputFields({ input, custom }: Pick<ToolCallBlock, 'input' | 'custom'>): JsonFields {
  if (custom === true) return { [CUSTOM_INPUT]: input };
  if (input.trim() === '') return {};
  const parsed = parseExact(input);
  return isJsonFields(parsed) ? parsed : { [RAW_ARGUMENTS]: input };
}

/** The free text that a model wrapped for a custom tool; the JSON itself when it did something else. */
export function customText(json: string): string {
  const parsed = parseExact(json);
  const text = isJsonFields(parsed) ? parsed[CUSTOM_INPUT] : undefined;
  return typeof text === 'string' ? text : json;
}
