import type { Affinity, OpenedCall } from '@gatehouse/ai';
import { hash64 } from '@gatehouse/kernel';
import type { GateExchange } from '../exchange.ts';

/** What calls have in common that should go to the same target, so that the vendor's prompt cache knows them. */
export function affinityKey(affinity: Affinity, exchange: GateExchange, call: OpenedCall): string | undefined {
  const common = affinity === 'session' ? (exchange.header('x-session-id') ?? call.session?.()) : call.prefix?.();
  if (common === undefined) return undefined;
  const { high, low } = hash64(`${exchange.principal?.application ?? ''}\n${common}`);
  return `${high}:${low}`;
}
