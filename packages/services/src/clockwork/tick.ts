import { newRequestId } from '@gatehouse/kernel';
import { findEntity, listEntities, type Entity } from '@gatehouse/store';
import { write } from '../entities/write.ts';
import { SYSTEM } from '../people/principals.ts';
import type { House, ServiceContext } from '../service-context.ts';
import { DUE, type DueRow } from './due.ts';

/** So many changes share a transaction, and what gates are told of it. */
const BATCH = 100;
const PAGE = 1000;
const WORKSPACES_MAX = 10_000;

export interface Ticked {
  readonly done: number;
  readonly failed: number;
}

/** What has become due happens: begins, notices, ends, deadlines. To be called each minute; once more does no harm. */
export async function tick(house: House): Promise<Ticked> {
  const workspaces = await house.database.read(async (sql) =>
    listEntities(sql, { workspace: '', kind: 'workspace', limit: WORKSPACES_MAX }),
  );
  let [done, failed] = [0, 0];
  for (const workspace of ['', ...workspaces.map(({ id }) => id)]) {
    const ctx = { ...house, principal: SYSTEM, workspace, requestId: newRequestId(house.clock.now()) };
    for (const row of DUE) {
      const due = await dueOf(ctx, row);
      for (let at = 0; at < due.length; at += BATCH) {
        const lost = await happen(ctx, row, due.slice(at, at + BATCH));
        failed += lost;
        done += Math.min(BATCH, due.length - at) - lost;
      }
    }
  }
  return { done, failed };
}

async function dueOf(ctx: ServiceContext, { kind, state, isDue }: DueRow): Promise<readonly Entity[]> {
  const { workspace, database, clock } = ctx;
  const due: Entity[] = [];
  let after: string | undefined;
  while (true) {
    const query = { workspace, kind, state, after, limit: PAGE };
    const page = await database.read(async (sql) => listEntities(sql, query));
    due.push(...page.filter((entity) => isDue(entity, clock.now())));
    after = page.at(-1)?.id;
    if (page.length < PAGE) return due;
  }
}

/** Says how many could not: one that cannot keeps no other one back. */
async function happen(ctx: ServiceContext, row: DueRow, due: readonly Entity[]): Promise<number> {
  try {
    await write(ctx, async (own) => {
      for (const { workspace, kind, id } of due) {
        // Somebody may have changed it since.
        const entity = await findEntity(own.sql, { workspace, kind, id });
        if (entity?.state === row.state && row.isDue(entity, own.nowMs)) await row.happen({ ctx, own }, entity);
      }
    });
    return 0;
  } catch (error) {
    const [only] = due;
    if (due.length === 1 && only !== undefined) {
      const why = error instanceof Error ? error.message : String(error);
      ctx.log.error('what was due could not happen', { kind: row.kind, id: only.id, error: why });
      return 1;
    }
    let lost = 0;
    for (const entity of due) lost += await happen(ctx, row, [entity]);
    return lost;
  }
}
