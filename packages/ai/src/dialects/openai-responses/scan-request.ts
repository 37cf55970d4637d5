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

function patchModel({ body, members, model }: ScannedRequest, wanted: string | undefined): Buffer {
  const member = members.get('model');
  if (member === undefined || wanted === undefined || wanted === model) return body;
  const name = Buffer.from(JSON.stringify(wanted));
  return Buffer.concat([body.subarray(0, member.valueStart), name, body.subarray(member.valueEnd)]);
}
