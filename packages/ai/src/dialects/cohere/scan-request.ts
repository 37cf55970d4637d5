import { patchModel } from '../openai-chat/patch-request.ts';
import { readChatMembers, scanRequest, type RequestProblem } from '../openai-chat/request-members.ts';

/** A call that is passed on in its own dialect: all that the gate reads of it. */
export interface PassedRequest {
  readonly model: string;
  readonly stream: boolean;
  /** The body with another model; outside the bytes of its name every byte is the caller's. */
  patch(model: string | undefined): Buffer;
}

export function scanCohereRequest(body: Buffer): PassedRequest | RequestProblem {
  const scanned = scanRequest(body, ['model', 'messages', 'stream']);
  if ('problem' in scanned) return scanned;
  const said = readChatMembers(scanned);
  if ('problem' in said) return said;
  return { model: scanned.model, ...said, patch: (wanted) => patchModel(scanned, wanted) };
}
