import { appendAudit, auditHead, auditPage } from '@gatehouse/store';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { auditEntry } from './audit-entry.ts';
import { Personal } from './personal.ts';

export interface AuditInput {
  /** `<kind> <id>` */
  readonly entity?: string | undefined;
  readonly after?: number | undefined;
  readonly limit: number;
}

export interface AuditPage {
  readonly items: readonly unknown[];
  readonly next?: string;
}

/** Entries of a workspace's chain, the oldest first; what is personal in clear. Whoever has read them is an entry, too. */
export async function listAudit(ctx: ServiceContext, { entity, after, limit }: AuditInput): Promise<AuditPage> {
  const refusal = ctx.principal.refusal('audit:read', ctx.workspace);
  if (refusal !== undefined) throw new ServiceError('admin.forbidden', refusal, { permission: 'audit:read' });
  const { workspace, database, cipher } = ctx;
  return database.write('house', async (sql) => {
    const personal = new Personal(sql, cipher);
    const entries = await auditPage(sql, { workspace, entity, after, limit: limit + 1 });
    const items = await Promise.all(
      entries
        .slice(0, limit)
        .map(async (entry): Promise<unknown> => withPerson(await personal.opened(JSON.parse(entry)))),
    );
    const last = items.at(-1);
    const seq = typeof last === 'object' && last !== null && 'seq' in last ? String(last.seq) : '';
    const { principal, origin, requestId, clock } = ctx;
    const facts = { workspace, atMs: clock.now(), principal, origin, requestId, action: 'audit.read' };
    const read = { after: after ?? 0, limit, ...(entity !== undefined && { entity }) };
    const told = {
      ...facts,
      entity: { kind: 'audit', id: workspace },
      before: undefined,
      after: read,
      reason: undefined,
    };
    await appendAudit(sql, await auditEntry(await auditHead(sql, workspace), told, personal));
    return { items, ...(entries.length > limit && { next: seq }) };
  });
}

/** Who it was is kept as one text. */
function withPerson(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null || !('actor' in entry)) return entry;
  const { actor } = entry;
  if (typeof actor !== 'object' || actor === null || !('person' in actor)) return entry;
  const { person, ...rest } = actor;
  if (typeof person !== 'string' || !person.startsWith('{')) return entry;
  const facts: unknown = JSON.parse(person);
  return { ...entry, actor: { ...rest, person: facts } };
}
