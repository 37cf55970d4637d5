import type { Stop, StopReason } from '../../canonical/chat-reply.ts';

/** Why a candidate ended (reference §3.5). `raw` is undefined where the answer does not say. */
export function readFinish(
  raw: string | undefined,
  facts: { readonly called: boolean; readonly detail?: string | undefined },
): Stop {
  const { called, detail } = facts;
  const told = raw === undefined ? 'unknown' : reasonOf(raw);
  return {
    // Calls end with a plain stop here.
    reason: told === 'end' && called ? 'tool_calls' : told,
    ...(detail !== undefined && { detail }),
    ...(raw !== undefined && { raw }),
  };
}

/** The provider's own word where it is one of ours and still true. */
export function writeFinish({ reason, raw }: Stop): string {
  const kept = raw !== undefined && raw !== 'CONTINUATION' && REASONS.get(raw) === reason;
  return kept ? raw : WORDS[reason];
}

function reasonOf(raw: string): StopReason {
  return REASONS.get(raw) ?? (raw.startsWith('IMAGE_') ? 'content_filter' : 'unknown');
}

const REASONS: ReadonlyMap<string, StopReason> = new Map([
  ['STOP', 'end'],
  ['MAX_TOKENS', 'length'],
  // The answer goes on in another call, for those who know how to ask.
  ['CONTINUATION', 'length'],
  ['SAFETY', 'content_filter'],
  ['RECITATION', 'content_filter'],
  ['LANGUAGE', 'content_filter'],
  ['BLOCKLIST', 'content_filter'],
  ['PROHIBITED_CONTENT', 'content_filter'],
  ['SPII', 'content_filter'],
  ['IMAGE_SAFETY', 'content_filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'content_filter'],
  ['IMAGE_RECITATION', 'content_filter'],
  ['IMAGE_OTHER', 'content_filter'],
  ['MODEL_ARMOR', 'content_filter'],
  ['ESCALATION', 'content_filter'],
  ['MALFORMED_FUNCTION_CALL', 'malformed_tool_call'],
  ['UNEXPECTED_TOOL_CALL', 'malformed_tool_call'],
  ['TOO_MANY_TOOL_CALLS', 'malformed_tool_call'],
  ['OTHER', 'error'],
  ['NO_IMAGE', 'error'],
  ['MALFORMED_RESPONSE', 'error'],
  ['MISSING_THOUGHT_SIGNATURE', 'error'],
  ['PUP_LIMITED_DISABLED', 'error'],
]);

const WORDS: Readonly<Record<StopReason, string>> = {
  end: 'STOP',
  stop_sequence: 'STOP',
  tool_calls: 'STOP',
  pause: 'STOP',
  unknown: 'STOP',
  length: 'MAX_TOKENS',
  context_exceeded: 'MAX_TOKENS',
  content_filter: 'SAFETY',
  refusal: 'SAFETY',
  malformed_tool_call: 'MALFORMED_FUNCTION_CALL',
  error: 'OTHER',
};
