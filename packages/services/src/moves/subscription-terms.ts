import { listEntities, type Entity, type Statements } from '@gatehouse/store';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { refused } from './move.ts';
import { listOf } from '../json-data.ts';

/** In which a subscription keeps its place: no other of the same application takes it. */
export const LIVE: ReadonlySet<string> = new Set(['pending', 'info_required', 'scheduled', 'active']);
/** What ended may be given back for so long. */
export const GRACE_MS = 30 * 86_400_000;
const MANY = 100_000;

export interface Terms {
  /** '' for models alone. */
  readonly api: string;
  readonly plan: string;
}

export function termsOf({ data }: Entity): Terms {
  const { api = '', plan } = data;
  return { api: String(api), plan: String(plan) };
}

/** A published plan that holds the api. */
export async function requirePlan(sql: Statements, workspace: string, { plan: name, api }: Terms): Promise<Entity> {
  const [plan] = await listEntities(sql, { workspace, kind: 'plan', parent: '', name, limit: 1 });
  if (plan === undefined) throw new ServiceError('admin.invalid', `there is no plan ${name}`);
  if (plan.state !== 'published') throw refused(`the plan ${name} is ${plan.state}, and takes no subscriptions`);
  if (api === '' && plan.data['access'] !== undefined) return plan;
  if (api === '') throw new ServiceError('admin.invalid', `the plan ${name} allows no models, name an api`);
  if (!listOf(plan.data['apis']).includes(api))
    throw new ServiceError('admin.invalid', `the plan ${name} has no api ${api}`);
  return plan;
}

/** An application is there once: under a plan, for an api. */
export async function requireOnly(
  sql: Statements,
  { workspace, parent, id }: Pick<Entity, 'workspace' | 'parent' | 'id'>,
  { api, plan }: Terms,
): Promise<void> {
  const all = await listEntities(sql, { workspace, kind: 'subscription', parent, limit: MANY });
  const same = all.find((each) => each.id !== id && LIVE.has(each.state) && isOf(each, { api, plan }));
  if (same === undefined) return;
  throw new ServiceError('admin.conflict', `the application is ${same.state} there already`, { subscription: same.id });
}

function isOf(entity: Entity, { api, plan }: Terms): boolean {
  const terms = termsOf(entity);
  return terms.api === api && terms.plan === plan;
}

/** In which an api takes new subscriptions. */
const OPEN: ReadonlySet<string> = new Set(['published', 'preview']);

/** `version`: the one that is wanted and no other. */
export async function requireOpenVersion(
  ctx: ServiceContext,
  sql: Statements,
  { api: name, version }: { readonly api: string; readonly version: unknown },
): Promise<void> {
  if (name === '') return;
  const { workspace } = ctx;
  const [api] = await listEntities(sql, { workspace, kind: 'api', parent: '', name, limit: 1 });
  if (api === undefined) {
    if ((await ctx.gate.apisOfOthers()).has(name)) return;
    throw new ServiceError('admin.invalid', `there is no api ${name}`);
  }
  const versions = await listEntities(sql, { workspace, kind: 'version', parent: api.id, limit: 10_000 });
  const open = versions.filter(({ state }) => OPEN.has(state));
  if (open.length === 0) throw refused(`the api ${name} takes no new subscriptions`);
  if (typeof version === 'string' && !open.some((each) => each.name === version))
    throw refused(`the version ${version} of the api ${name} takes no new subscriptions`);
}
