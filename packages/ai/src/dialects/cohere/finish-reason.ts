import type { Stop, StopReason } from '../../canonical/chat-reply.ts';
import type { Json } from '../../canonical/json.ts';
import { asText } from '../../loose-json.ts';
import type { ProviderError } from '../../provider-error.ts';
import { present } from '../chat-shaped/present.ts';
import { classifyProviderError } from '../openai-chat/provider-errors.ts';

/** What an answer holds decides with (reference §3.5). */
export function readFinish(value: Json | undefined, calls: boolean): Stop {
  const raw = asText(value);
  const said = REASONS.get(raw ?? '') ?? 'unknown';
  const plain = said === 'end' || said === 'unknown';
  if (calls && plain) return { reason: 'tool_calls', ...present({ raw }) };
  if (!calls && said === 'tool_calls') return { reason: 'end', ...present({ raw }) };
  return { reason: said, ...present({ raw }) };
}

const REASONS: ReadonlyMap<string, StopReason> = new Map([
  ['COMPLETE', 'end'],
  ['STOP_SEQUENCE', 'stop_sequence'],
  ['MAX_TOKENS', 'length'],
  ['TOOL_CALL', 'tool_calls'],
  ['ERROR', 'error'],
  ['TIMEOUT', 'error'],
  // Of version 1, and still to be met behind gates.
  ['ERROR_TOXIC', 'content_filter'],
  ['ERROR_LIMIT', 'context_exceeded'],
]);

/** The failure that an ending is: one that says so, or says nothing else. */
export function failureOf(
  finish: Json | undefined,
  { error, empty }: { readonly error: Json | undefined; readonly empty: boolean },
): ProviderError | undefined {
  const message = asText(error);
  const failed = finish === 'ERROR' || finish === 'TIMEOUT';
  if (message === undefined && !(failed && empty)) return undefined;
  const status = finish === 'TIMEOUT' ? 504 : 200;
  return classifyProviderError(status, JSON.stringify({ message: message ?? 'The generation failed.' }));
}

export function writeFinish({ reason }: Stop): string {
  return FINISHES[reason];
}

const FINISHES: Readonly<Record<StopReason, string>> = {
  end: 'COMPLETE',
  stop_sequence: 'STOP_SEQUENCE',
  length: 'MAX_TOKENS',
  tool_calls: 'TOOL_CALL',
  content_filter: 'ERROR',
  refusal: 'COMPLETE',
  pause: 'COMPLETE',
  context_exceeded: 'MAX_TOKENS',
  malformed_tool_call: 'ERROR',
  error: 'ERROR',
  unknown: 'COMPLETE',
};
