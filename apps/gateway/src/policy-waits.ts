import type { GateExchange } from './exchange.ts';

/** What a policy will answer; how long it was waited for is noted for the record. */
export async function noted<Answer>(exchange: GateExchange, policy: string, answer: Promise<Answer>): Promise<Answer> {
  const sinceMs = performance.now();
  return answer.finally(() => {
    (exchange.notes.waits ??= {})[policy] = performance.now() - sinceMs;
  });
}
