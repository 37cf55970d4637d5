import { findEntity, listEntities, updateEntity } from '@gatehouse/store';
import { entityView, type EntityView } from '../entities/entity-view.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';

export interface MineInput {
  readonly state?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** What whoever asks was told, the oldest first. */
export async function myNotifications(
  ctx: ServiceContext,
  { state, after, limit }: MineInput,
): Promise<{ readonly items: readonly EntityView[]; readonly next?: string }> {
  const kind = kindOf('notification');
  const query = { workspace: '', kind: 'notification', parent: ctx.principal.id, state, after, limit: limit + 1 };
  const found = await ctx.database.read(async (sql) => listEntities(sql, query));
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map((entity) => entityView(kind, entity)),
    ...(found.length > limit && last !== undefined && { next: last.id }),
  };
}

/** Only one's own; others' are not there. */
export async function readNotification(ctx: ServiceContext, id: string): Promise<EntityView> {
  return ctx.database.write('house', async (sql) => {
    const entity = await findEntity(sql, { workspace: '', kind: 'notification', id });
    if (entity === undefined || entity.parent !== ctx.principal.id)
      throw new ServiceError('admin.not_found', 'there is no such notification for you');
    if (entity.state === 'read') return entityView(kindOf('notification'), entity);
    const read = { ...entity, state: 'read', revision: entity.revision + 1, updatedMs: ctx.clock.now() };
    await updateEntity(sql, read);
    return entityView(kindOf('notification'), read);
  });
}
