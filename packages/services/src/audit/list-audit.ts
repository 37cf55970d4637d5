import { auditPage } from '@gatehouse/store';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';

export interface AuditInput {
  /** `<kind> <id>` */
  readonly entity?: string | undefined;
  readonly after?: number | undefined;
  readonly limit: number;
}

/** Entries of a workspace's chain, the oldest first. */
export async function listAudit(
  ctx: ServiceContext,
  { entity, after, limit }: AuditInput,
): Promise<{ readonly items: readonly unknown[]; readonly next?: string }> {
  requireAudit(ctx, 'audit:read');
  const { workspace } = ctx;
  const entries = await ctx.database.read(async (sql) =>
    auditPage(sql, { workspace, entity, after, limit: limit + 1 }),
  );
  const items: unknown[] = entries.slice(0, limit).map((entry): unknown => JSON.parse(entry));
  const last = items.at(-1);
  const seq = typeof last === 'object' && last !== null && 'seq' in last ? String(last.seq) : '';
  return { items, ...(entries.length > limit && { next: seq }) };
}

export function requireAudit({ principal, workspace }: ServiceContext, permission: string): void {
  const refusal = principal.refusal(permission, workspace);
  if (refusal !== undefined) throw new ServiceError('admin.forbidden', refusal, { permission });
}
