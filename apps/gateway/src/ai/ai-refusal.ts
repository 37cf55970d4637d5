import { openAiError } from '@gatehouse/ai';
import { ownMessage, type MessageOptions, type Refusal } from '../problem.ts';

/** A refusal on an AI path, in the dialect that the caller's SDK understands. */
export function aiRefusal(refusal: Refusal, options: MessageOptions): { status: number; message: string } {
  const { status, headers, body } = openAiError(refusal.code, refusal.detail);
  const lines = Object.entries({ 'content-type': 'application/json', ...headers }).map(([n, v]) => `${n}: ${v}\r\n`);
  return { status, message: ownMessage({ status, lines: lines.join('') + refusal.lines }, body, options) };
}
