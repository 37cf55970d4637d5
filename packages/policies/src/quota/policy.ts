import type { Quota } from '@gatehouse/counters';
import { hash64, type Hash64 } from '@gatehouse/kernel';
import { callCost } from '../call-cost.ts';
import { keyUnder } from '../count-key.ts';
import { countSubject } from '../count-subject.ts';
import { definePolicy } from '../define-policy.ts';
import { showLimits } from '../limit-report.ts';
import type { Exchange, PolicyHooks, PolicyTools, ReplyHead } from '../policy.ts';
import { quotaReports } from '../quota-reports.ts';
import type { Config } from './schema.ts';

export const quota = definePolicy({
  name: 'quota',
  stage: 'admit',
  build(config: Config, tools) {
    const { unitsFrom } = config;
    const settling = unitsFrom === undefined ? undefined : new Settling(config, unitsFrom, tools);
    const onRequest = taking(config, tools, settling);
    if (settling === undefined) return { onRequest };
    return {
      onRequest,
      onReplyHead: (exchange, head) => settling.settle(exchange, head),
      onEnd: (exchange) => settling.forget(exchange),
    };
  },
});

function taking(
  config: Config,
  tools: PolicyTools,
  settling: Settling | undefined,
): NonNullable<PolicyHooks['onRequest']> {
  const { counters, scope, route } = tools;
  const { limit, per, by } = config;
  const name = config.name ?? `${by ?? 'caller'}-${per}`;
  const reportAt = quotaReports(name, { limit, per });
  const prefix = hash64(`${scope}\nquota ${name}\n`);
  const subjectOf = countSubject(by ?? 'application');
  const costOf = callCost(config.cost, route);
  return (exchange) => {
    const cost = costOf(exchange);
    if (typeof cost !== 'number') return cost;
    const key = keyUnder(prefix, subjectOf(exchange));
    const verdict = counters.takeQuota(key, cost, config, exchange.startedAt);
    const report = reportAt(exchange.startedAt);
    showLimits(exchange.replyHeaders, { policies: report.policy, states: report.state(verdict) });
    report.note(exchange, verdict);
    if (!verdict.allowed) return report.refuse('limit.quota', verdict);
    settling?.remember(exchange, { key, cost, endMs: exchange.startedAt + verdict.resetMs });
    return undefined;
  };
}

interface Taken {
  readonly key: Hash64;
  readonly cost: number;
  /** Of the period in which it was taken. */
  readonly endMs: number;
}

/** What was taken before a call is corrected by what its reply says. */
class Settling {
  readonly #quota: Quota;
  readonly #from: NonNullable<Config['unitsFrom']>;
  readonly #field: string;
  readonly #tools: PolicyTools;
  readonly #taken = new Map<Exchange, Taken>();

  constructor(quotaOf: Quota, from: NonNullable<Config['unitsFrom']>, tools: PolicyTools) {
    this.#quota = quotaOf;
    this.#from = from;
    this.#field = from.replyHeader.toLowerCase();
    this.#tools = tools;
  }

  remember(exchange: Exchange, taken: Taken): void {
    this.#taken.set(exchange, taken);
  }

  /** A reply that says nothing, or nonsense, leaves what was taken. */
  settle(exchange: Exchange, head: ReplyHead): void {
    const taken = this.#taken.get(exchange);
    const said = head.header(this.#field);
    if (said !== undefined && this.#from.hide) exchange.replyHeaders.remove(this.#field);
    if (taken === undefined || said === undefined || !/^\d{1,15}$/.test(said)) return;
    this.#taken.delete(exchange);
    const units = Math.min(Number(said), this.#from.max) - taken.cost;
    const now = this.#tools.runtime.clock.now();
    // In a later period there is nothing of this call that could be given back.
    if (units > 0 || (units < 0 && now < taken.endMs))
      this.#tools.counters.adjustQuota(taken.key, units, this.#quota, now);
  }

  forget(exchange: Exchange): void {
    this.#taken.delete(exchange);
  }
}
