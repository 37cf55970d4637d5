import type { PassedRequest } from '../chat-shaped/passed-request.ts';
import { patchModel } from '../openai-chat/patch-request.ts';
import { isNull, readBoolean, scanRequest, type RequestProblem } from '../openai-chat/request-members.ts';

/** A call that is passed on to Ollama, whose parser matches names in any case. Without messages it loads the model. */
export function scanOllamaRequest(body: Buffer): PassedRequest | RequestProblem {
  const scanned = scanRequest(body, ['model', 'messages', 'stream']);
  if ('problem' in scanned) return scanned;
  const { model, members } = scanned;
  const messages = members.get('messages');
  if (messages !== undefined && body[messages.valueStart] !== BRACKET_OPEN && !isNull(body, messages)) {
    return { problem: "'messages' must be an array.", param: 'messages' };
  }
  const said = members.get('stream');
  const stream = said === undefined || isNull(body, said) ? true : readBoolean(body, said);
  if (stream === undefined) return { problem: "'stream' must be true or false.", param: 'stream' };
  return { model, stream, patch: (wanted) => patchModel(scanned, wanted) };
}

const BRACKET_OPEN = 0x5b;
