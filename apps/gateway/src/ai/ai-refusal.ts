import { doorOf } from '@gatehouse/ai';
import type { AiEndpoint } from '@gatehouse/config';
import type { GateExchange } from '../exchange.ts';
import { ownMessage, type MessageOptions, type Refusal } from '../problem.ts';
import { doorFor } from './ai-program.ts';

/** A refusal on an AI path, in the dialect that the caller's SDK understands. */
export function aiRefusal(
  exchange: GateExchange,
  endpoint: AiEndpoint,
  { refusal, options }: { readonly refusal: Refusal; readonly options: MessageOptions },
): { status: number; message: string } {
  const { status, headers, body } = doorOf(doorFor(endpoint, exchange)).refusal(refusal);
  const lines = Object.entries({ 'content-type': 'application/json', ...headers }).map(([n, v]) => `${n}: ${v}\r\n`);
  return { status, message: ownMessage({ status, lines: lines.join('') + refusal.lines }, body, options) };
}
