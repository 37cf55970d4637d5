import { listEntities } from '@gatehouse/store';
import { entityView, type EntityView } from '../entities/entity-view.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { ServiceContext } from '../service-context.ts';
import { approvalOf } from './approval.ts';
import { voteRefusal } from './voters.ts';

const SEEN_MAX = 10_000;

/** What waits for whoever asks, here or, with workspace '', wherever they may read: the oldest first. */
export async function waitingForMe(
  ctx: ServiceContext,
  limit: number,
): Promise<{ readonly items: readonly EntityView[] }> {
  const kind = kindOf('approval');
  const items = await ctx.database.read(async (sql) => {
    const workspaces = await listEntities(sql, { workspace: '', kind: 'workspace', limit: SEEN_MAX });
    const found: EntityView[] = [];
    for (const { id: workspace, name } of workspaces) {
      if (ctx.workspace !== '' && ctx.workspace !== workspace) continue;
      const here = { ...ctx, workspace };
      const query = { workspace, kind: 'approval', limit: SEEN_MAX };
      const open = [
        ...(await listEntities(sql, { ...query, state: 'waiting' })),
        ...(await listEntities(sql, { ...query, state: 'info_required' })),
      ];
      for (const entity of open) {
        const asksMe =
          entity.state === 'info_required'
            ? approvalOf(entity).requestedBy === ctx.principal.id
            : (await voteRefusal(sql, here, entity)) === undefined;
        if (asksMe) found.push({ ...entityView(kind, entity), workspace: name });
      }
    }
    return found.toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit);
  });
  return { items };
}
