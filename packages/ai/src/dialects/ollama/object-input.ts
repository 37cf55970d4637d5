import type { ToolCallBlock } from '../../canonical/chat-request.ts';
import { parseExact, type JsonFields } from '../../canonical/json.ts';
import { fieldsOf } from '../chat-shaped/members.ts';

/** Arguments as the object that they are here; text that is none stands under a name that says so. */
export function objectInput({ input, custom }: Pick<ToolCallBlock, 'input' | 'custom'>): {
  readonly input: JsonFields;
  readonly raw: boolean;
} {
  if (custom === true) return { input: { input }, raw: false };
  if (!/\S/.test(input)) return { input: {}, raw: false };
  const fields = fieldsOf(parseExact(input));
  return fields === undefined ? { input: { _raw_arguments: input }, raw: true } : { input: fields, raw: false };
}
