import type { Member } from '../../json-scan.ts';
import { readBoolean, scanRequest, type RequestProblem } from '../openai-chat/request-members.ts';

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
  const { members, model } = scanned;
  const messages = members.get('messages');
  if (messages === undefined) return { problem: "The request has no 'messages'.", param: 'messages' };
  if (body[messages.valueStart] !== BRACKET_OPEN) return { problem: "'messages' must be an array.", param: 'messages' };
  const stream = readBoolean(body, members.get('stream'));
  if (stream === undefined) return { problem: "'stream' must be true or false.", param: 'stream' };
  const place = members.get('model');
  const patch = (wanted: string): Buffer => {
    return place === undefined || wanted === model ? body : withValue(body, place, JSON.stringify(wanted));
  };
  return { model, stream, patch };
}

const BRACKET_OPEN = 0x5b;

function withValue(body: Buffer, { valueStart, valueEnd }: Member, value: string): Buffer {
  return Buffer.concat([body.subarray(0, valueStart), Buffer.from(value), body.subarray(valueEnd)]);
}
