import type { Reply } from '@gatehouse/policies';
import type { GateExchange } from './exchange.ts';
import type { House } from './house.ts';
import { neverServed } from './never-served.ts';

/** What the gate says by itself, before it looks for a route. */
export function ownAnswer(exchange: GateExchange, house: House): Reply | undefined {
  const { caller, program, path } = exchange;
  const refusal = neverServed(caller.head, house) ?? program.tlsRules?.answer(exchange);
  if (refusal !== undefined) return refusal;
  if (path === IDENTITY_KEYS && program.identityKeys !== undefined) return program.identityKeys;
  // `OPTIONS *` asks about the server as a whole (RFC 9110 §9.3.7): that is us, not one of the upstreams.
  return path === '*' ? NOTHING : undefined;
}

/** Where upstreams find the keys of `forward-identity`. */
const IDENTITY_KEYS = '/.well-known/gatehouse/jwks.json';
const NOTHING: Reply = { status: 204, headers: [], body: '' };
