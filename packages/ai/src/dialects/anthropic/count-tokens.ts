import type { ChatRequest } from '../../canonical/chat-request.ts';
import type { Target } from '../../canonical/dialect.ts';
import type { Json } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import { asCount, asFields } from '../../loose-json.ts';
import { countFields } from './request-writer.ts';

/** Below the provider's base. */
export const COUNT_PATH = '/messages/count_tokens';

export function writeCountRequest(request: ChatRequest, target: Target, losses: Losses): string {
  return JSON.stringify(countFields(request, { ...target, stream: false }, losses));
}

export function readCountReply(body: Json): number | undefined {
  return asCount(asFields(body)?.['input_tokens']);
}

export function writeCountReply(inputTokens: number): string {
  return JSON.stringify({ input_tokens: inputTokens });
}
