import type { StopReason } from '../../canonical/chat-reply.ts';
import { parseJson } from '../../loose-json.ts';
import type { Json } from '../../canonical/json.ts';
import type { SchemaCheck } from './schema-check.ts';

/** Longer answers are no structured output that anybody reads. */
export const ANSWER_CHARS_MAX = 4 * 1024 * 1024;

export interface Answer {
  /** All text that a choice shows. */
  readonly text: string;
  readonly reason: StopReason;
}

/** Whether an answer is of the schema; calls of tools, refusals and filtered answers need not be. */
export function answersSchema(check: SchemaCheck, { text, reason }: Answer): boolean {
  if (EXCUSED.has(reason)) return true;
  if (text.length > ANSWER_CHARS_MAX) return false;
  const value = parseJson(text);
  return value !== undefined && check.accepts(asJson(value));
}

const EXCUSED: ReadonlySet<StopReason> = new Set(['tool_calls', 'content_filter', 'refusal', 'pause', 'error']);

/** What JSON.parse gives is JSON. */
function asJson(value: unknown): Json {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parser's word is good
  return value as Json;
}
