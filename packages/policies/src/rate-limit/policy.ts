import type { Limit, Take, Verdict } from '@gatehouse/counters';
import { hash64, type Hash64 } from '@gatehouse/kernel';
import { callCost, type CostOf } from '../call-cost.ts';
import { keyUnder } from '../count-key.ts';
import { countSubject, type SubjectOf } from '../count-subject.ts';
import { definePolicy } from '../define-policy.ts';
import { LimitReport, showLimits } from '../limit-report.ts';
import { milliseconds } from '../parsed-units.ts';
import type { Exchange, PolicyHooks, PolicyTools, Reply } from '../policy.ts';
import type { Config } from './schema.ts';

export const rateLimit = definePolicy({
  name: 'rate-limit',
  stage: 'admit',
  build(config: Config, tools) {
    const { limit, window, name } = config;
    const specs: readonly LimitConfig[] =
      limit === undefined || window === undefined
        ? config.limits
        : [{ limit, window, ...(name !== undefined && { name }) }];
    const counted = specs.map((spec) => countedLimit(spec, config, tools));
    const [first, ...others] = counted;
    if (first === undefined) return {};
    return others.length === 0 ? oneLimit(first, tools) : severalLimits(counted, tools);
  },
});

type LimitConfig = Config['limits'][number];

interface CountedLimit {
  readonly limit: Limit;
  readonly report: LimitReport;
  readonly prefix: Hash64;
  readonly subjectOf: SubjectOf;
  readonly costOf: CostOf;
}

/** What one of several does not say is as the policy says. */
function countedLimit(spec: LimitConfig, config: Config, { scope, route }: PolicyTools): CountedLimit {
  const by = spec.by ?? config.by;
  const { algorithm = config.algorithm, cost = config.cost } = spec;
  const limit: Limit = { limit: spec.limit, windowMs: milliseconds(spec.window), algorithm };
  const report = new LimitReport(spec.name ?? `${by ?? 'caller'}-${spec.window}`, limit);
  return {
    limit,
    report,
    prefix: hash64(`${scope}\n${report.name}\n`),
    subjectOf: countSubject(by ?? 'application'),
    costOf: callCost(cost, route),
  };
}

function oneLimit({ limit, report, prefix, subjectOf, costOf }: CountedLimit, { counters }: PolicyTools): PolicyHooks {
  return {
    onRequest(exchange) {
      const cost = costOf(exchange);
      if (typeof cost !== 'number') return cost;
      const verdict = counters.take(keyUnder(prefix, subjectOf(exchange)), cost, limit, exchange.startedAt);
      showLimits(exchange.replyHeaders, { policies: report.policy, states: report.state(verdict) });
      report.note(exchange, verdict);
      return verdict.allowed ? undefined : report.refuse('limit.rate', verdict);
    },
  };
}

function severalLimits(all: readonly CountedLimit[], { counters }: PolicyTools): PolicyHooks {
  const policies = all.map(({ report }) => report.policy).join(', ');
  return {
    onRequest(exchange) {
      const takes: Take[] = [];
      for (const { limit, prefix, subjectOf, costOf } of all) {
        const cost = costOf(exchange);
        if (typeof cost !== 'number') return cost;
        takes.push({ key: keyUnder(prefix, subjectOf(exchange)), cost, rule: limit });
      }
      const { verdicts } = counters.takeAll(takes, exchange.startedAt);
      return judged(all, exchange, { policies, verdicts });
    },
  };
}

/** Of several that refuse, the one that does so for longest: coming back earlier would be in vain. */
function judged(
  all: readonly CountedLimit[],
  exchange: Exchange,
  { policies, verdicts }: { readonly policies: string; readonly verdicts: readonly Verdict[] },
): Reply | undefined {
  let states = '';
  let longest: { readonly report: LimitReport; readonly verdict: Verdict } | undefined;
  for (const [index, { report }] of all.entries()) {
    const verdict = verdicts[index];
    if (verdict === undefined) continue;
    states += states === '' ? report.state(verdict) : `, ${report.state(verdict)}`;
    report.note(exchange, verdict);
    if (!verdict.allowed && verdict.retryMs >= (longest?.verdict.retryMs ?? 0)) longest = { report, verdict };
  }
  showLimits(exchange.replyHeaders, { policies, states });
  return longest?.report.refuse('limit.rate', longest.verdict);
}
