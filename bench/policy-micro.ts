/** What the hooks of each policy take by themselves, without a gate: prints ns a call as one line of JSON. */
import { setImmediate } from 'node:timers/promises';
import { parse } from 'yaml';
import { fakeExchange, fakeTools, joined, throughReply } from '@gatehouse/policies/fakes';
import type { PolicyHooks } from '@gatehouse/policies';
import { POLICY_COSTS, type PolicyCost } from './policy-costs.ts';

const CALLS = 5000;
const ROUNDS = 5;
const BODY = '{"data":[{"id":1,"name":"Ada Lovelace","email":"ada@example.com"}],"total":1,"page":1}';

/** One call through all hooks but those of bodies of replies, or through nothing. */
async function call(hooks: PolicyHooks | undefined, { load }: PolicyCost): Promise<void> {
  const headers = Object.fromEntries(Object.entries(load.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const exchange = fakeExchange({
    headers,
    method: load.method ?? 'GET',
    ...(load.body !== undefined && { body: load.body }),
  });
  if (hooks === undefined) return;
  const answer = hooks.onRequest?.(exchange);
  if (answer instanceof Promise) await answer;
  if (hooks.onReply !== undefined) {
    const reply = throughReply(hooks, exchange, { headers: [['content-type', 'application/json']], body: [BODY] });
    // One after the other: twenty thousand compressors at once take more memory than there is.
    while (!reply.complete && reply.failed === undefined) await setImmediate();
  }
  hooks.onReplyHead?.(exchange, { status: 200, header: () => undefined });
  hooks.onEnd?.(exchange, { status: 200, code: undefined });
}

async function nanoseconds(hooks: PolicyHooks | undefined, cost: PolicyCost): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const begun = process.hrtime.bigint();
    for (let i = 0; i < CALLS; i++) await call(hooks, cost);
    best = Math.min(best, Number(process.hrtime.bigint() - begun) / CALLS);
  }
  return best;
}

const found: Record<string, number> = {};
for (const cost of POLICY_COSTS) {
  const written: unknown = parse(`{ ${cost.policy} }`);
  const [entry] = Object.entries(typeof written === 'object' && written !== null ? written : {});
  if (entry === undefined) throw new Error(`${cost.name} names no policy`);
  const [name, config]: [string, unknown] = entry;
  const hooks = joined(name).build(config, fakeTools());
  found[cost.name] = Math.max(0, (await nanoseconds(hooks, cost)) - (await nanoseconds(undefined, cost)));
}
process.stdout.write(`${JSON.stringify(found)}\n`);
