import type { Reply } from '@gatehouse/policies';
import type { GateExchange } from './exchange.ts';
import type { House } from './house.ts';
import { neverServed } from './never-served.ts';

/** What the gate says by itself, before it looks for a route. */
export function ownAnswer(exchange: GateExchange, house: House): Reply | undefined {
  const { caller, program, path } = exchange;
  const refusal = neverServed(caller.head, house) ?? program.tlsRules?.answer(exchange);
  if (refusal !== undefined) return refusal;
  // `OPTIONS *` asks about the server as a whole (RFC 9110 §9.3.7): that is us, not one of the upstreams.
  return path === '*' ? NOTHING : undefined;
}

const NOTHING: Reply = { status: 204, headers: [], body: '' };
