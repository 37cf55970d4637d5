import type { Signature, ToolCallBlock } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { sealSignature } from '../../canonical/signatures.ts';
import { NO_ARGUMENTS } from './read-assistant.ts';

/** A call of an answer. */
export function writeReplyCall(call: ToolCallBlock): JsonFields {
  const { id, name, input, custom, signature } = call;
  const extra = signature === undefined ? {} : extraContent(signature);
  if (custom === true) return { id, type: 'custom', custom: { name, input }, ...extra };
  return { id, type: 'function', function: { name, arguments: input === '' ? NO_ARGUMENTS : input }, ...extra };
}

/** Google's own place, in which its signatures stand bare, so that they are of use at its endpoints of either dialect. */
export function extraContent(signature: Signature): JsonFields {
  return { extra_content: { google: { thought_signature: sealSignature(signature, 'gemini') } } };
}
