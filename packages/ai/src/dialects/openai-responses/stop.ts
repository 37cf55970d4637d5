import type { Stop, StopReason } from '../../canonical/chat-reply.ts';
import type { Block } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { asText, type Fields } from '../../loose-json.ts';
import { fieldsOf } from './fields.ts';

/** Why a response ended, from its status and from what it holds. */
export function readStop(response: JsonFields, types: ReadonlySet<Block['type']>): Stop {
  const status = asText(response['status']) ?? 'completed';
  const why = asText(fieldsOf(response['incomplete_details'])?.['reason']);
  const raw = why ?? status;
  if (status === 'completed') return { reason: completedReason(types), raw };
  const reason = status === 'incomplete' ? INCOMPLETE.get(why ?? '') : undefined;
  return { reason: reason ?? 'unknown', raw };
}

function completedReason(types: ReadonlySet<Block['type']>): StopReason {
  if (types.has('tool_call')) return 'tool_calls';
  return types.has('refusal') ? 'refusal' : 'end';
}

const INCOMPLETE: ReadonlyMap<string, StopReason> = new Map([
  ['max_output_tokens', 'length'],
  ['content_filter', 'content_filter'],
]);

/** What a response says of its end. */
export interface Ending {
  readonly status: string;
  readonly incomplete_details: Fields | null;
  readonly error: Fields | null;
}

export function writeStop({ reason, detail, raw }: Stop): Ending {
  if (reason === 'error' || reason === 'malformed_tool_call') {
    return failed({ code: 'server_error', message: detail ?? FAILED[reason] });
  }
  const unknown = reason === 'unknown' ? raw : undefined;
  const incomplete = WHY_INCOMPLETE.get(reason) ?? OWN_INCOMPLETE.find((own) => own === unknown);
  const unfinished = OWN_STATUSES.find((own) => own === unknown);
  if (unfinished !== undefined) return { status: unfinished, incomplete_details: null, error: null };
  return {
    status: incomplete === undefined ? 'completed' : 'incomplete',
    incomplete_details: incomplete === undefined ? null : { reason: incomplete },
    error: null,
  };
}

export function failed(error: Fields): Ending {
  return { status: 'failed', incomplete_details: null, error };
}

const FAILED = {
  error: 'The model failed to answer.',
  malformed_tool_call: 'The model made a tool call that cannot be read.',
};

/** A pause has no name here; like a limit it asks to be continued. */
const WHY_INCOMPLETE: ReadonlyMap<StopReason, string> = new Map([
  ['length', 'max_output_tokens'],
  ['context_exceeded', 'max_output_tokens'],
  ['pause', 'max_output_tokens'],
  ['content_filter', 'content_filter'],
]);

/** What this dialect's providers say and the canonical form has no word for. */
const OWN_INCOMPLETE = ['max_messages', 'steered'];
const OWN_STATUSES = ['queued', 'in_progress', 'cancelled'];
