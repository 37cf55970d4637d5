import type { Stop, StopReason } from '../../canonical/chat-reply.ts';

/** Reference §3.5. */
const READ: Readonly<Record<string, StopReason>> = {
  end_turn: 'end',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  stop_sequence: 'stop_sequence',
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
  malformed_model_output: 'malformed_tool_call',
  malformed_tool_use: 'malformed_tool_call',
  model_context_window_exceeded: 'context_exceeded',
};

const WRITTEN: Readonly<Record<StopReason, string>> = {
  end: 'end_turn',
  length: 'max_tokens',
  stop_sequence: 'stop_sequence',
  tool_calls: 'tool_use',
  content_filter: 'content_filtered',
  refusal: 'content_filtered',
  pause: 'end_turn',
  context_exceeded: 'model_context_window_exceeded',
  malformed_tool_call: 'malformed_tool_use',
  // There is no word for it, and any other would make a broken answer look whole.
  error: 'malformed_model_output',
  unknown: 'end_turn',
};

export interface StopFacts {
  readonly raw: string | undefined;
  readonly calls: boolean;
  readonly sequence: string | undefined;
}

/** A plain stop with complete calls is their reason; calls that did not come are none. */
export function readStop({ raw, calls, sequence }: StopFacts): Stop {
  const known = raw !== undefined && Object.hasOwn(READ, raw) ? READ[raw] : undefined;
  let reason = known ?? 'unknown';
  if (calls && reason === 'end') reason = 'tool_calls';
  if (!calls && reason === 'tool_calls') reason = 'end';
  return { reason, ...(sequence !== undefined && { sequence }), ...(raw !== undefined && { raw }) };
}

/** Bedrock tells apart what is one reason to us, so its own word stands where it means the same. */
export function writeStop({ reason, raw }: Stop): string {
  if (raw !== undefined && Object.hasOwn(READ, raw) && READ[raw] === reason) return raw;
  return WRITTEN[reason];
}
