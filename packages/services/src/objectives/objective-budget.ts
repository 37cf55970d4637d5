import { requireEntity } from '../entities/entity-verbs.ts';
import { requirePermissionOn, requireSomewhere } from '../entities/permission-on.ts';
import { tenantsOf } from '../alerts/whose-calls.ts';
import { LATE_MS } from '../alerts/evaluate-alerts.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { allowedShare, budgetLeft, burnRate } from './burn-rate.ts';
import { countedCalls, objectiveOf, type CountedStep } from './counted-calls.ts';
import { WINDOW_DAYS } from './read-objective.ts';

const DAY_MS = 86_400_000;
/** A week is shown in steps of six hours, a month in days. */
const FINE_MS = 21_600_000;

/** The error budget of an objective now, and how it came to that. */
export interface ObjectiveBudget {
  readonly target: number;
  readonly windowDays: number;
  readonly calls: number;
  readonly bad: number;
  /** Share of calls that were good; left out: there were none. */
  readonly good?: number;
  /** 1: nothing is spent; 0 or less: all of it. */
  readonly left: number;
  /** Calls that may still go wrong, if no more come. */
  readonly badLeft: number;
  /** `left` is what was left of the whole window's budget after this step. */
  readonly series: readonly {
    readonly at: string;
    readonly calls: number;
    readonly bad: number;
    readonly burn: number;
    readonly left: number;
  }[];
}

export async function objectiveBudget(ctx: ServiceContext, id: string): Promise<ObjectiveBudget> {
  requireSomewhere(ctx, kindOf('objective'), 'read');
  const { objective, tenant } = await ctx.database.read(async (sql) => {
    const entity = await requireEntity(sql, ctx, { kind: 'objective', id });
    await requirePermissionOn(ctx, sql, { entity, verb: 'read' });
    const found = (await tenantsOf(sql)).find((each) => each.id === ctx.workspace);
    return { objective: objectiveOf(entity), tenant: found };
  });
  if (ctx.analytics === undefined || tenant === undefined)
    throw new ServiceError('admin.unavailable', 'no records are kept here');
  const { target, windowDays = WINDOW_DAYS } = objective;
  const toMs = ctx.clock.now() - LATE_MS;
  const period = { fromMs: toMs - windowDays * DAY_MS, toMs };
  const stepMs = windowDays <= 7 ? FINE_MS : DAY_MS;
  const steps = await countedCalls({ house: ctx, tenant, objective }, period, stepMs);
  return burnDown(steps, { target, windowDays });
}

/** `steps` in whatever order. */
export function burnDown(
  given: readonly CountedStep[],
  { target, windowDays }: { readonly target: number; readonly windowDays: number },
): ObjectiveBudget {
  const steps = given.toSorted((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0));
  const calls = steps.reduce((sum, step) => sum + step.calls, 0);
  const bad = steps.reduce((sum, step) => sum + step.bad, 0);
  let spent = 0;
  const series = steps.map((step) => {
    spent += step.bad;
    const left = budgetLeft({ calls, bad: spent }, target);
    const at = new Date(step.atMs ?? 0).toISOString();
    return { at, calls: step.calls, bad: step.bad, burn: burnRate(step, target), left };
  });
  return {
    target,
    windowDays,
    calls,
    bad,
    ...(calls > 0 && { good: 1 - bad / calls }),
    left: budgetLeft({ calls, bad }, target),
    badLeft: Math.max(0, calls * allowedShare(target) - bad),
    series,
  };
}
