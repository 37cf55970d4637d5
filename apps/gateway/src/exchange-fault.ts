import type { HeadProblem } from '@gatehouse/http';
import { ERRORS, GatehouseError, type Logger } from '@gatehouse/kernel';
import type { Outcome, PolicyHooks } from '@gatehouse/policies';
import type { GateExchange } from './exchange.ts';

/** What a caller is told of an error; the log hears of those that are ours. */
export function problemOf(error: unknown, { log, requestId }: { log: Logger; requestId: string }): HeadProblem {
  const own = error instanceof GatehouseError ? { code: error.code, detail: error.detail } : undefined;
  // What a policy throws on purpose is the caller's to mend, or an outage that its own record tells of.
  if (own !== undefined && ERRORS[own.code].blame !== 'us') return own;
  log.error('an exchange failed', { requestId, error: error instanceof Error ? error.stack : String(error) });
  return own ?? { code: 'gateway.internal', detail: 'the request could not be dealt with' };
}

/** One hook that fails keeps nothing from the others. */
export function tellEnd(
  exchange: GateExchange,
  hooks: readonly NonNullable<PolicyHooks['onEnd']>[],
  outcome: Outcome,
): void {
  for (const hook of hooks) {
    try {
      hook(exchange, outcome);
    } catch (error) {
      exchange.fault(error);
    }
  }
}
