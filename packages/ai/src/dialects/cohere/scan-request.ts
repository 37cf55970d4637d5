import type { PassedRequest } from '../chat-shaped/passed-request.ts';
import { patchModel } from '../openai-chat/patch-request.ts';
import { readChatMembers, scanRequest, type RequestProblem } from '../openai-chat/request-members.ts';

export function scanCohereRequest(body: Buffer): PassedRequest | RequestProblem {
  const scanned = scanRequest(body, ['model', 'messages', 'stream']);
  if ('problem' in scanned) return scanned;
  const said = readChatMembers(scanned);
  if ('problem' in said) return said;
  return { model: scanned.model, ...said, patch: (wanted) => patchModel(scanned, wanted) };
}
