import type { GateExchange } from '../exchange.ts';
import { ownMessage } from '../problem.ts';
import { editedLines } from './edited-lines.ts';

/** What the gate itself knows, on a path of the AI gateway. */
export function answerJson(exchange: GateExchange, body: string): void {
  const lines = editedLines(exchange, { status: 200, lines: 'content-type: application/json\r\n' });
  const options = { keepAlive: exchange.caller.persists, headOnly: exchange.method === 'HEAD' };
  exchange.forward.answer({ status: 200, message: ownMessage({ status: 200, lines }, body, options) }, undefined);
}
