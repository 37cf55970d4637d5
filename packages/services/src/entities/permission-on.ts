import type { Entity, Statements } from '@gatehouse/store';
import { kindOf } from '../kinds/kinds.ts';
import type { Kind } from '../kinds/kind.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { belongsToTeams, ownersOf, type Deed } from './owners.ts';

/** Whether whoever asks has a right in all of the workspace, or only to things of some teams, or not at all. */
type Reach = 'all' | ReadonlySet<string>;

function reachOf({ principal, workspace }: ServiceContext, kind: Kind, verb: string): Reach {
  const permission = `${kind.plural}:${verb}`;
  if (principal.refusal(permission, workspace) === undefined) return 'all';
  return belongsToTeams(kind.kind) ? (principal.teams?.(permission, workspace) ?? new Set()) : new Set();
}

/** Before anything is read: refuses whoever has the right nowhere. What is read then is held against `requirePermissionOn`. */
export function requireSomewhere(ctx: ServiceContext, kind: Kind, verb: string): void {
  const reach = reachOf(ctx, kind, verb);
  if (reach !== 'all' && reach.size === 0) throw forbidden(ctx, kind, verb);
}

function forbidden({ principal, workspace }: ServiceContext, { plural }: Kind, verb: string): ServiceError {
  const permission = `${plural}:${verb}`;
  const why = principal.refusal(permission, workspace) ?? `${permission} is allowed for things of your teams only`;
  return new ServiceError('admin.forbidden', why, { permission });
}

/** In all of the workspace, or to things of a team that this is one of. */
export async function requirePermissionOn(
  ctx: ServiceContext,
  sql: Statements,
  { entity, ...deed }: Deed & { readonly entity: Entity },
): Promise<void> {
  const kind = kindOf(entity.kind);
  const isAllowed = await reaches(ctx, sql, { entity, ...deed });
  if (!isAllowed) throw forbidden(ctx, kind, deed.verb);
}

export async function reaches(
  ctx: ServiceContext,
  sql: Statements,
  { entity, ...deed }: Deed & { readonly entity: Entity },
): Promise<boolean> {
  const reach = reachOf(ctx, kindOf(entity.kind), deed.verb);
  if (reach === 'all') return true;
  return reach.size > 0 && (await ownersOf(sql, entity, deed)).some((team) => reach.has(team));
}

/** The same for something that is about to be made, of which only what it will belong to is known. */
export async function requireBelow(
  ctx: ServiceContext,
  { sql }: { readonly sql: Statements },
  { kind, parent }: { readonly kind: Kind; readonly parent: Entity },
): Promise<void> {
  await requirePermissionOn(ctx, sql, { entity: { ...parent, kind: kind.kind, parent: parent.id }, verb: 'create' });
}

/** Whether all of a kind may be read, so that lists need not look at each. */
export function reachesAll(ctx: ServiceContext, kind: Kind, verb: string): boolean {
  return reachOf(ctx, kind, verb) === 'all';
}
