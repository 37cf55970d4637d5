import { ReplyHead, SERVER_LIMITS } from '@gatehouse/http';
import { GatehouseError } from '@gatehouse/kernel';
import type { GateExchange } from '../exchange.ts';

/**
 * The lines of a reply on an AI path after the policies have seen and edited them, as they do with one that an upstream
 * sent. The date is left to whoever writes the head: the one given here only keeps the exchange from adding its own.
 */
export function editedLines(
  exchange: GateExchange,
  reply: { readonly status: number; readonly lines: string },
): string {
  const head = new ReplyHead(SERVER_LIMITS);
  const problem = head.parse(`HTTP/1.1 ${reply.status} \r\ndate: \r\n${reply.lines}\r\n`, 'POST');
  if (problem !== undefined) throw new GatehouseError('gateway.internal', problem);
  const added = exchange.replyLines(head);
  head.fields.remove('date');
  return head.kept() + added;
}
