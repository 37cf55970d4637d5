import type { LimitSpec, QuotaSpec, SubscriptionSpec } from '@gatehouse/config';
import type { Limit, Verdict } from '@gatehouse/counters';
import { hash64 } from '@gatehouse/kernel';
import { operationScope } from './operation-scope.ts';
import { LimitReport, showLimits } from './limit-report.ts';
import type { Exchange, PolicyHooks, PolicyTools, Reply } from './policy.ts';
import { quotaReports } from './quota-reports.ts';

/**
 * Enforces what a subscription's plan allows, operations before anything is counted. Keys are made of the subscription alone, so that every credential, route
 * and worker counts together, also when this is built more than once.
 *
 * Short windows are asked before long ones and the quota last: a call that a short window refuses must not use up the
 * month.
 */
export function buildPlanLimits(subscription: SubscriptionSpec, tools: Tools): PolicyHooks {
  const checks = tightestByWindow(subscription.limits).map((spec) => limitCheck(subscription, spec, tools));
  if (subscription.quota !== undefined) checks.push(quotaCheck(subscription, subscription.quota, tools));
  const { operations } = subscription;
  if (operations === undefined) return checks.length === 0 ? {} : { onRequest: (exchange) => run(checks, exchange) };
  const holds = operationScope(operations);
  return {
    onRequest: (exchange) => {
      const { method, path } = exchange.request;
      if (holds(method, path)) return checks.length === 0 ? undefined : run(checks, exchange);
      return { code: 'auth.forbidden', detail: `the plan ${planName(subscription)} does not hold this operation` };
    },
  };
}

type Tools = Pick<PolicyTools, 'counters'>;

/** One limit, asked at a time. */
interface Check {
  readonly code: 'limit.rate' | 'limit.quota';
  take(nowMs: number): Verdict;
  report(nowMs: number): LimitReport;
}

/** Asks until one refuses; what was asked is told in one go, because lines are cheaper to write than to add to. */
function run(checks: readonly Check[], exchange: Exchange): Reply | undefined {
  const now = exchange.startedAt;
  let reply: Reply | undefined;
  let policies = '';
  let states = '';
  for (const check of checks) {
    const verdict = check.take(now);
    const report = check.report(now);
    report.note(exchange, verdict);
    policies += policies === '' ? report.policy : `, ${report.policy}`;
    states += states === '' ? report.state(verdict) : `, ${report.state(verdict)}`;
    if (verdict.allowed) continue;
    reply = report.refuse(check.code, verdict);
    break;
  }
  showLimits(exchange.replyHeaders, { policies, states });
  return reply;
}

/** One limit a window: of two limits with the same window only the lower one means anything. */
function tightestByWindow(limits: readonly LimitSpec[]): readonly LimitSpec[] {
  const byWindow = new Map<number, LimitSpec>();
  for (const spec of limits) {
    const other = byWindow.get(spec.windowMs);
    if (other === undefined || spec.limit < other.limit) byWindow.set(spec.windowMs, spec);
  }
  return [...byWindow.values()].toSorted((a, b) => a.windowMs - b.windowMs);
}

function limitCheck(subscription: SubscriptionSpec, spec: LimitSpec, { counters }: Tools): Check {
  const limit: Limit = { ...spec, algorithm: 'sliding-window' };
  const report = new LimitReport(`${planName(subscription)}-${shortDuration(spec.windowMs)}`, spec);
  const key = hash64(`plan limit\n${subscription.id}\n${spec.windowMs}`);
  return { code: 'limit.rate', take: (nowMs) => counters.take(key, 1, limit, nowMs), report: () => report };
}

function quotaCheck(subscription: SubscriptionSpec, spec: QuotaSpec, { counters }: Tools): Check {
  const quota = { limit: spec.calls, per: spec.per };
  const report = quotaReports(`${planName(subscription)}-${spec.per}`, quota);
  const key = hash64(`plan quota\n${subscription.id}\n${spec.per}`);
  return { code: 'limit.quota', take: (nowMs) => counters.takeQuota(key, 1, quota, nowMs), report };
}

function planName(subscription: SubscriptionSpec): string {
  return subscription.plan ?? 'plan';
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** 60000 → `1m`, 90000 → `90s`. */
function shortDuration(ms: number): string {
  for (const [unit, unitMs] of UNITS) if (ms % unitMs === 0) return `${ms / unitMs}${unit}`;
  return `${ms}ms`;
}
