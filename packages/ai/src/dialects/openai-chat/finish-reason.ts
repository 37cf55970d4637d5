import type { Stop, StopReason } from '../../canonical/chat-reply.ts';
import { present } from '../chat-shaped/present.ts';

/** What an answer holds decides with: vendors say `stop` behind calls, and `tool_calls` without any (reference §3.5). */
export interface Held {
  readonly calls: boolean;
  readonly refusal: boolean;
}

/** `sequence`: the stop sequence that was met, where a server says it. */
export function readFinish(raw: string | undefined, sequence: string | undefined, held: Held): Stop {
  const said = raw === undefined ? 'unknown' : (REASONS.get(raw) ?? 'unknown');
  const plain = said === 'end' || said === 'unknown';
  if (held.calls && plain) return { reason: 'tool_calls', ...present({ raw }) };
  if (said === 'tool_calls' && !held.calls) return { reason: 'end', ...present({ raw }) };
  if (held.refusal && plain) return { reason: 'refusal', ...present({ raw }) };
  if (sequence !== undefined && said === 'end') return { reason: 'stop_sequence', sequence, ...present({ raw }) };
  return { reason: said, ...present({ raw }) };
}

const REASONS: ReadonlyMap<string, StopReason> = new Map([
  ['stop', 'end'],
  ['eos', 'end'],
  ['eos_token', 'end'],
  ['end_turn', 'end'],
  ['stop_sequence', 'stop_sequence'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['model_length', 'context_exceeded'],
  ['tool_calls', 'tool_calls'],
  ['tool_use', 'tool_calls'],
  ['function_call', 'tool_calls'],
  ['content_filter', 'content_filter'],
  ['sensitive', 'content_filter'],
  ['error', 'error'],
  ['abort', 'error'],
  ['network_error', 'error'],
  ['insufficient_system_resource', 'error'],
]);

/** `told`: a refusal is told in its own member, so that it needs no other sign. */
export function writeFinish(
  { reason }: Stop,
  { told, legacy }: { readonly told: boolean; readonly legacy: boolean },
): string {
  if (reason === 'tool_calls' && legacy) return 'function_call';
  return reason === 'refusal' && !told ? 'content_filter' : FINISHES[reason];
}

const FINISHES: Readonly<Record<StopReason, string>> = {
  end: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  refusal: 'stop',
  pause: 'stop',
  context_exceeded: 'length',
  malformed_tool_call: 'stop',
  // No word of OpenAI's: what broke must not look complete.
  error: 'error',
  unknown: 'stop',
};
