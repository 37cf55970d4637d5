import { patchModel } from '../openai-chat/patch-request.ts';
import { readChatMembers, scanRequest, type RequestProblem } from '../openai-chat/request-members.ts';

/** A call of this dialect that goes on to a provider of the same, as the caller wrote it. */
export interface ScannedAnthropicRequest {
  readonly model: string;
  readonly stream: boolean;
  /** The body with another model in it: every other byte is the caller's. */
  patch(model: string): Buffer;
}

/** Reads what routing needs of a message call or a count, without building the rest. */
export function scanAnthropicRequest(body: Buffer): ScannedAnthropicRequest | RequestProblem {
  const scanned = scanRequest(body, ['model', 'messages', 'stream', 'max_tokens']);
  if ('problem' in scanned) return scanned;
  const said = readChatMembers(scanned);
  if ('problem' in said) return said;
  return { model: scanned.model, ...said, patch: (wanted) => patchModel(scanned, wanted) };
}
