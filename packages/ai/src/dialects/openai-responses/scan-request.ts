import { patchModel } from '../openai-chat/patch-request.ts';
import { readBoolean, scanRequest, type RequestProblem, type ScannedRequest } from '../openai-chat/request-members.ts';

/** A request that goes on as it is, as far as the gate reads it. */
export interface ScannedResponsesRequest extends ScannedRequest {
  readonly stream: boolean;
  /** The body for one attempt: every byte is the caller's but the model's; undefined keeps that, too. */
  patch(model: string | undefined): Buffer;
}

const GUARDED = ['model', 'input', 'instructions', 'stream', 'previous_response_id', 'conversation'];

export function scanResponsesRequest(body: Buffer): ScannedResponsesRequest | RequestProblem {
  const scanned = scanRequest(body, GUARDED);
  if ('problem' in scanned) return scanned;
  const stream = readBoolean(body, scanned.members.get('stream'));
  if (stream === undefined) return { problem: "'stream' must be true or false.", param: 'stream' };
  return { ...scanned, stream, patch: (model) => patchModel(scanned, model) };
}
