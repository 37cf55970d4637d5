import { auditHeads, auditPage, checkpointKeys, checkpointPage, type Database } from '@gatehouse/store';
import { newRequestId, type Clock } from '@gatehouse/kernel';
import { OPERATOR } from '../people/principals.ts';
import type { ServiceContext } from '../service-context.ts';
import { AuditLog, type AuditContext } from './audit-log.ts';
import { requireAudit } from './list-audit.ts';
import { takeCheckpoints } from './take-checkpoints.ts';
import { publicJwk } from './signing-key.ts';
import { exportLine } from './verify-export.ts';

const PAGE = 500;

/**
 * The chain of a workspace as an export, or all chains for whoever may export that of the house. That it was exported is
 * an entry, and what is exported is signed before.
 */
export async function exportAudit(ctx: ServiceContext): Promise<AsyncGenerator<string>> {
  requireAudit(ctx, 'audit:export');
  const { database, workspace } = ctx;
  await noteExport(ctx, ctx);
  await takeCheckpoints(ctx, { all: true });
  return exportedAudit(database, workspace === '' ? undefined : workspace);
}

/** By whoever has the database before them. */
export async function exportByOperator(database: Database, clock: Clock): Promise<AsyncGenerator<string>> {
  const requestId = newRequestId(clock.now());
  await noteExport({ clock, principal: OPERATOR, requestId }, { database, workspace: '' });
  return exportedAudit(database);
}

async function noteExport(
  ctx: AuditContext,
  { database, workspace }: { readonly database: Database; readonly workspace: string },
): Promise<void> {
  await database.write('house', async (sql) =>
    new AuditLog(sql, ctx).append({ workspace, action: 'audit.export', entity: { kind: 'audit', id: workspace } }),
  );
}

/** Lines of an export: the keys, of each chain its checkpoints and then its entries, and where all end. */
export async function* exportedAudit(database: Database, only?: string): AsyncGenerator<string> {
  // First the ends: what is written meanwhile is not part of it.
  const { heads, keys } = await database.read(async (sql) => ({
    heads: (await auditHeads(sql)).filter(({ workspace }) => workspace === (only ?? workspace)),
    keys: await checkpointKeys(sql),
  }));
  yield exportLine({ audit: { format: 2, keys: keys.map(publicJwk) } });
  for (const { workspace, seq } of heads) {
    const range = { workspace, seq };
    yield* paged(range, async (after) => {
      const page = await database.read(async (sql) => checkpointPage(sql, { workspace, after, limit: PAGE }));
      return page.map((each) => ({ at: each.seq, line: each.line }));
    });
    yield* paged(range, async (after) => {
      const page = await database.read(async (sql) => auditPage(sql, { workspace, after, limit: PAGE }));
      return page.map((line, index) => ({ at: after + 1 + index, line }));
    });
  }
  yield exportLine({ heads });
}

interface Numbered {
  /** The number of the entry. */
  readonly at: number;
  readonly line: string;
}

async function* paged(
  { seq }: { readonly seq: number },
  pageBehind: (after: number) => Promise<readonly Numbered[]>,
): AsyncGenerator<string> {
  for (let after = 0; after < seq;) {
    const page = await pageBehind(after);
    for (const { at, line } of page) if (at <= seq) yield line;
    after = page.at(-1)?.at ?? seq;
  }
}
