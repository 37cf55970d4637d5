import { doorOf } from '@gatehouse/ai';
import type { AiEndpoint } from '@gatehouse/config';
import type { GateExchange } from '../exchange.ts';
import { ownMessage, type MessageOptions, type Refusal } from '../problem.ts';
import { headerLines } from './ai-headers.ts';
import { doorFor } from './ai-program.ts';

/** A refusal on an AI path, in the dialect that the caller's SDK understands. */
export function aiRefusal(
  exchange: GateExchange,
  endpoint: AiEndpoint,
  { refusal, options }: { readonly refusal: Refusal; readonly options: MessageOptions },
): { status: number; message: string } {
  const { status, headers, body } = doorOf(doorFor(endpoint, exchange)).refusal(refusal);
  return { status, message: ownMessage({ status, lines: headerLines(headers) + refusal.lines }, body, options) };
}
