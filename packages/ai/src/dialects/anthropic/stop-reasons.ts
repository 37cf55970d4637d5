import type { Stop, StopReason } from '../../canonical/chat-reply.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { asFields, asText, type Fields } from '../../loose-json.ts';

const REASONS: ReadonlyMap<string, StopReason> = new Map([
  ['end_turn', 'end'],
  ['max_tokens', 'length'],
  ['stop_sequence', 'stop_sequence'],
  ['tool_use', 'tool_calls'],
  ['pause_turn', 'pause'],
  ['refusal', 'refusal'],
  ['model_context_window_exceeded', 'context_exceeded'],
]);

/** From `stop_reason` and what stands beside it. */
export function readStop(fields: Fields, answer: { readonly hasCalls: boolean }): Stop {
  const raw = asText(fields['stop_reason']);
  const details = asFields(fields['stop_details']);
  const sequence = asText(fields['stop_sequence']);
  const detail = asText(details?.['explanation']) ?? asText(details?.['category']);
  return {
    reason: reasonOf(raw, answer.hasCalls),
    ...(sequence !== undefined && { sequence }),
    ...(detail !== undefined && { detail }),
    ...(raw !== undefined && { raw }),
  };
}

function reasonOf(raw: string | undefined, hasCalls: boolean): StopReason {
  const reason = raw === undefined ? undefined : REASONS.get(raw);
  if (reason === 'tool_calls' && !hasCalls) return 'end';
  if (hasCalls && (reason === 'end' || raw === undefined)) return 'tool_calls';
  return reason ?? 'unknown';
}

/** `stop_reason`, `stop_sequence` and `stop_details`. */
export function writeStop({ reason, sequence, detail }: Stop): JsonFields {
  const refused = reason === 'refusal' || reason === 'content_filter';
  return {
    stop_reason: WIRE[reason],
    stop_sequence: reason === 'stop_sequence' ? (sequence ?? null) : null,
    stop_details: refused ? { type: 'refusal', category: null, explanation: detail ?? null } : null,
  };
}

const WIRE: Readonly<Record<StopReason, string>> = {
  end: 'end_turn',
  length: 'max_tokens',
  stop_sequence: 'stop_sequence',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
  refusal: 'refusal',
  pause: 'pause_turn',
  context_exceeded: 'model_context_window_exceeded',
  malformed_tool_call: 'end_turn',
  error: 'end_turn',
  unknown: 'end_turn',
};
