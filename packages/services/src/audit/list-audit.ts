import { auditPage, isMoreAudit } from '@gatehouse/store';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { AuditLog, placeOf } from './audit-log.ts';
import { SubjectKeys } from './personal.ts';
import { withPersonalParts } from './personal-parts.ts';

export interface AuditInput {
  /** `<kind> <id>` */
  readonly entity?: string | undefined;
  readonly after?: number | undefined;
  readonly limit: number;
}

/** Entries of a workspace's chain, the oldest first. That they were read is an entry of the same chain. */
export async function listAudit(
  ctx: ServiceContext,
  { entity, after = 0, limit }: AuditInput,
): Promise<{ readonly items: readonly unknown[]; readonly next?: string }> {
  requireAudit(ctx, 'audit:read');
  const { workspace } = ctx;
  const read = { kind: 'audit', id: workspace };
  return ctx.database.write('house', async (sql) => {
    const entries = await auditPage(sql, { workspace, entity, after, limit });
    const keys = new SubjectKeys(sql, ctx.cipher);
    const items: Members[] = [];
    for (const entry of entries) items.push(await opened(JSON.parse(entry), keys));
    const last = Number(items.at(-1)?.['seq'] ?? after);
    // Whoever reads page after page comes to an end: what is behind the last change are reads such as this one.
    const behind = { workspace, entity, after: last, except: `${read.kind} ${read.id}` };
    const hasMore = items.length === limit && (await isMoreAudit(sql, behind));
    const details = { ...(entity !== undefined && { entity }), after, entries: items.length };
    await new AuditLog(sql, ctx).append({ workspace, action: 'audit.read', entity: read, details });
    return { items, ...(hasMore && { next: String(last) }) };
  });
}

type Members = Readonly<Record<string, unknown>>;

/** With what is of persons in the clear, as far as its keys are there. */
async function opened(entry: Members, keys: SubjectKeys): Promise<Members> {
  const { v, workspace, seq, actor, entity, change } = entry;
  if (v === undefined) return entry;
  const place = placeOf(String(workspace), Number(seq));
  const kind = String(membersOf(entity)['kind']);
  const parts = { actor: membersOf(actor), entity: { kind }, change: membersOf(change) };
  return { ...entry, ...(await withPersonalParts(parts, async (value, { path }) => keys.open(value, place + path))) };
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? Object.fromEntries<unknown>(Object.entries(value)) : {};
}

export function requireAudit({ principal, workspace }: ServiceContext, permission: string): void {
  const refusal = principal.refusal(permission, workspace);
  if (refusal !== undefined) throw new ServiceError('admin.forbidden', refusal, { permission });
}
