import { listEntities, type Entity, type Statements } from '@gatehouse/store';
import { reaches } from '../entities/permission-on.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';

type CatalogRight = 'catalog:public' | 'catalog:partner' | 'catalog:read';

/** Which rights show an api, by its visibility; for those without a row it takes the right to read the api itself. */
const SHOWN_TO: ReadonlyMap<string, readonly CatalogRight[]> = new Map([
  ['public', ['catalog:public', 'catalog:partner', 'catalog:read']],
  ['partner', ['catalog:partner', 'catalog:read']],
  ['workspace', ['catalog:read']],
]);

/** In all of the workspace or for the things of a team: what is offered to others is shown to whoever is there at all. */
function holds({ principal, workspace }: ServiceContext, right: CatalogRight): boolean {
  if (principal.refusal(right, workspace) === undefined) return true;
  return (principal.teams?.(right, workspace).size ?? 0) > 0;
}

export function requireCatalog(ctx: ServiceContext): void {
  if ((SHOWN_TO.get('public') ?? []).some((right) => holds(ctx, right))) return;
  const permission = 'catalog:public';
  const why = ctx.principal.refusal(permission, ctx.workspace) ?? 'the catalog is not for you';
  throw new ServiceError('admin.forbidden', why, { permission });
}

/** Models are offered to whoever belongs to the workspace. */
export function seesModels(ctx: ServiceContext): boolean {
  return holds(ctx, 'catalog:read');
}

/** Whether whoever asks may know of an api, and so ask for it. */
export async function sees(ctx: ServiceContext, sql: Statements, api: Entity): Promise<boolean> {
  const { visibility = 'workspace' } = api.data;
  if ((SHOWN_TO.get(String(visibility)) ?? []).some((right) => holds(ctx, right))) return true;
  return reaches(ctx, sql, { entity: api, verb: 'read' });
}

/** Refuses an api that is not shown as if it were not there. `''`: models alone. */
export async function requireVisible(ctx: ServiceContext, sql: Statements, name: string): Promise<void> {
  const { workspace } = ctx;
  if (name === '') {
    if (seesModels(ctx)) return;
    throw new ServiceError('admin.forbidden', 'models are not offered to you', { permission: 'catalog:read' });
  }
  const [api] = await listEntities(sql, { workspace, kind: 'api', parent: '', name, limit: 1 });
  // Those of a file say nothing of who may see them: they are the workspace's.
  const isSeen = api === undefined ? holds(ctx, 'catalog:read') : await sees(ctx, sql, api);
  if (!isSeen) throw new ServiceError('admin.invalid', `there is no api ${name}`);
}
