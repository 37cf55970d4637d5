/** What the hooks of each policy take by themselves, without a gate: prints ns a call as one line of JSON. */
import { setImmediate } from 'node:timers/promises';
import { compileConfig, formatProblem } from '@gatehouse/config';
import { policyByName, type Answer, type PolicyHooks } from '@gatehouse/policies';
import { fakeExchange, fakeTools, throughReply } from '@gatehouse/policies/fakes';
import { POLICY_SCHEMAS } from '@gatehouse/policies/schemas';
import { DOCUMENT, POLICY_COSTS, policyConfig, type PolicyCost } from './policy-costs.ts';

const CALLS = 5000;
const ROUNDS = 5;
const BODY = '{"data":[{"id":1,"name":"Ada Lovelace","email":"ada@example.com"}],"total":1,"page":1}';
const ANSWER: Answer = { status: 200, headers: [['content-type', 'application/json']], body: Buffer.from(BODY) };

/** One call through all hooks but those of failures, or through nothing. */
async function call(hooks: PolicyHooks | undefined, { load, access }: PolicyCost): Promise<void> {
  const headers = Object.fromEntries(Object.entries(load.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const [path = '/', query] = (load.paths[0] ?? '/').split('?');
  const exchange = fakeExchange({
    headers,
    path,
    query: query === undefined ? '' : `?${query}`,
    method: load.method ?? 'GET',
    // `http-signature` looks at the time
    startedAt: Date.now(),
    ...(access === 'key' && { principal: { application: 'bench' } }),
    ...(load.body !== undefined && { body: load.body, contentLength: Buffer.byteLength(load.body) }),
  });
  if (hooks === undefined) return;
  const found = hooks.onIdentify?.(exchange);
  if (found instanceof Promise) await found;
  void hooks.onIdentified?.(exchange);
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

/** Built of the same configuration as the whole gate is. */
function hooksOf(cost: PolicyCost): PolicyHooks {
  const result = compileConfig(policyConfig(cost, 1), {
    file: 'bench.yaml',
    env: {},
    readText: () => DOCUMENT,
    policies: POLICY_SCHEMAS,
    providers: [],
  });
  if ('problems' in result) throw new Error(`${cost.name}: ${result.problems.map(formatProblem).join('\n')}`);
  const { routes, credentials } = result.snapshot;
  const route = routes.find(({ method }) => method === '*' || method === (cost.load.method ?? 'GET'));
  const [spec] = route?.policies ?? [];
  const policy = spec && policyByName(spec.name);
  if (route === undefined || spec === undefined || policy === undefined)
    throw new Error(`${cost.name} names no policy`);
  const askUpstream = async (): Promise<Answer> => Promise.resolve(ANSWER);
  return policy.build(spec.config, fakeTools('bench#0', { route, credentials, askUpstream }));
}

const found: Record<string, number> = {};
for (const cost of POLICY_COSTS) {
  const hooks = hooksOf(cost);
  found[cost.name] = Math.max(0, (await nanoseconds(hooks, cost)) - (await nanoseconds(undefined, cost)));
}
process.stdout.write(`${JSON.stringify(found)}\n`);
