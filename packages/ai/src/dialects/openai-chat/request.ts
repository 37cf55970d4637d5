import { scanObject, type Members } from '../../json-scan.ts';
import {
  findRespelt,
  isNull,
  readBoolean,
  readChatMembers,
  scanRequest,
  type RequestProblem,
  type ScannedRequest,
} from './request-members.ts';

/** A chat completion as far as the gate reads it; everything else is between the caller and the provider. */
export interface ChatRequest extends ScannedRequest {
  readonly stream: boolean;
  /** The caller wants the usage of its stream. */
  readonly includeUsage: boolean;
  /** Where `stream_options` can be edited; `undefined` when it is absent or null. */
  readonly streamOptions: StreamOptions | undefined;
}

interface StreamOptions {
  /** Index behind the opening brace. */
  readonly inside: number;
  readonly empty: boolean;
  /** The value of `include_usage`. */
  readonly includeUsage: { readonly start: number; readonly end: number } | undefined;
}

export function readChatRequest(body: Buffer): ChatRequest | RequestProblem {
  const scanned = scanRequest(body, ['model', 'messages', 'stream', 'stream_options']);
  if ('problem' in scanned) return scanned;
  const said = readChatMembers(scanned);
  if ('problem' in said) return said;
  const options = readStreamOptions(body, scanned.members);
  return 'problem' in options ? options : { ...scanned, ...said, ...options };
}

/** An embeddings call; it has no stream. */
export function readEmbeddingsRequest(body: Buffer): ScannedRequest | RequestProblem {
  const scanned = scanRequest(body, ['model', 'input']);
  if ('problem' in scanned) return scanned;
  const input = scanned.members.get('input');
  if (input === undefined) return { problem: "The request has no 'input'.", param: 'input' };
  const first = body[input.valueStart];
  if (first === QUOTE || first === BRACKET_OPEN) return scanned;
  return { problem: "'input' must be a string or an array.", param: 'input' };
}

const QUOTE = 0x22;
const BRACKET_OPEN = 0x5b;
const BRACE_OPEN = 0x7b;

type StreamOptionsRead = Pick<ChatRequest, 'includeUsage' | 'streamOptions'>;

function readStreamOptions(body: Buffer, members: Members): StreamOptionsRead | RequestProblem {
  const param = 'stream_options';
  const member = members.get(param);
  if (member === undefined || isNull(body, member)) return { includeUsage: false, streamOptions: undefined };
  if (body[member.valueStart] !== BRACE_OPEN) return { problem: "'stream_options' must be an object.", param };
  const value = body.subarray(member.valueStart, member.valueEnd);
  const options = scanObject(value);
  if ('problem' in options) return { problem: `'stream_options' ${options.problem}.`, param };
  const found = options.members.get('include_usage');
  const includeUsage = readBoolean(value, found);
  if (includeUsage === undefined || findRespelt(options.members, ['include_usage']) !== undefined) {
    return { problem: "'include_usage' must be true or false, and in lower case.", param: `${param}.include_usage` };
  }
  return {
    includeUsage,
    streamOptions: {
      inside: member.valueStart + 1,
      empty: options.members.size === 0,
      includeUsage: found && { start: member.valueStart + found.valueStart, end: member.valueStart + found.valueEnd },
    },
  };
}
