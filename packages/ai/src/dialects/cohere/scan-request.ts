import { patchEmbeddingsRequest } from '../openai-chat/patch-request.ts';
import { readBoolean, scanRequest, type RequestProblem } from '../openai-chat/request-members.ts';

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
  const { model, members } = scanned;
  const messages = members.get('messages');
  if (messages === undefined) return { problem: "The request has no 'messages'.", param: 'messages' };
  if (body[messages.valueStart] !== BRACKET_OPEN) return { problem: "'messages' must be an array.", param: 'messages' };
  const stream = readBoolean(body, members.get('stream'));
  if (stream === undefined) return { problem: "'stream' must be true or false.", param: 'stream' };
  return { model, stream, patch: (wanted) => patchEmbeddingsRequest(scanned, wanted) };
}

const BRACKET_OPEN = 0x5b;
