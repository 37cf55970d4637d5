import type { ToolCallBlock } from '../../canonical/chat-request.ts';
import { isJsonFields, parseExact, type JsonFields } from '../../canonical/json.ts';

/** The arguments as the object that they must be here; what is none travels under a name that says so. */
export function objectInput({ input, custom }: ToolCallBlock): { readonly input: JsonFields; readonly raw: boolean } {
  if (custom === true) return { input: { [CUSTOM_INPUT]: input }, raw: false };
  if (!/\S/.test(input)) return { input: {}, raw: false };
  const fields = OBJECT.test(input) ? parseExact(input) : undefined;
  return isJsonFields(fields) ? { input: fields, raw: false } : { input: { _raw_arguments: input }, raw: true };
}

/** Of a tool that takes free text, where tools take objects only. */
export const CUSTOM_INPUT = 'input';

/** Free text out of the object that stands for it. */
export function customInput(json: string): string {
  const fields = OBJECT.test(json) ? parseExact(json) : undefined;
  const text = isJsonFields(fields) ? fields[CUSTOM_INPUT] : undefined;
  return typeof text === 'string' ? text : json;
}

const OBJECT = /^\s*\{/;
