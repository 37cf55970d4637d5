import type { Stop, StopReason } from '../../canonical/chat-reply.ts';
import type { Json } from '../../canonical/json.ts';
import { asText } from '../../loose-json.ts';
import { present } from '../chat-shaped/present.ts';

/** Ollama says `stop` behind calls, too (reference §3.5). */
export function readFinish(value: Json | undefined, calls: boolean): Stop {
  const raw = asText(value);
  const reason = REASONS.get(raw ?? '') ?? 'unknown';
  return { reason: calls && reason !== 'length' ? 'tool_calls' : reason, ...present({ raw }) };
}

const REASONS: ReadonlyMap<string, StopReason> = new Map([
  ['stop', 'end'],
  ['length', 'length'],
  // Calls without a message only load the model or let go of it.
  ['load', 'end'],
  ['unload', 'end'],
]);

export function writeFinish({ reason }: Stop): string {
  if (reason === 'error') return reason;
  return reason === 'length' || reason === 'context_exceeded' ? 'length' : 'stop';
}
