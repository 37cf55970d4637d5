import type { Aggregates, Aggregation, ExportOrder, RecordPage, Search, StoredRecord } from '@gatehouse/analytics';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { AuditLog } from '../audit/audit-log.ts';
import type { Analytics, ExportedRecords, ShownBody } from './analytics.ts';
import { scopeOf } from './scope.ts';

/** Numbers over calls that whoever asks may see. */
export async function aggregateCalls(ctx: ServiceContext, asked: Omit<Aggregation, 'scope'>): Promise<Aggregates> {
  const scope = await scopeOf(ctx, 'analytics:read');
  return answered(async () => analyticsOf(ctx).aggregate({ ...asked, scope }));
}

export async function searchRecords(ctx: ServiceContext, asked: Omit<Search, 'scope'>): Promise<RecordPage> {
  const scope = await scopeOf(ctx, 'records:read');
  return answered(async () => analyticsOf(ctx).search({ ...asked, scope }));
}

export async function getRecord(ctx: ServiceContext, id: string): Promise<StoredRecord> {
  const scope = await scopeOf(ctx, 'records:read');
  const found = await answered(async () => analyticsOf(ctx).find(id, scope));
  if (found !== undefined) return found;
  throw new ServiceError('admin.not_found', 'there is no such record; those of the last second may be on their way');
}

/** What was said in a call. Who looks at it stands in the audit: it may be about people. */
export async function getBodies(ctx: ServiceContext, id: string): Promise<readonly ShownBody[]> {
  const scope = await scopeOf(ctx, 'bodies:read');
  const record = await answered(async () => analyticsOf(ctx).find(id, scope));
  if (record === undefined) throw new ServiceError('admin.not_found', 'there is no such record');
  await ctx.database.write('house', async (sql) =>
    new AuditLog(sql, ctx).append({ workspace: ctx.workspace, action: 'bodies.read', entity: { kind: 'record', id } }),
  );
  return answered(async () => analyticsOf(ctx).bodies({ id, time: record.time }));
}

/** What is taken away leaves every rule about who may see it: it takes a right of its own. */
export async function exportRecords(
  ctx: ServiceContext,
  asked: Pick<ExportOrder, 'period' | 'format'>,
): Promise<ExportedRecords> {
  const scope = await scopeOf(ctx, 'records:export');
  return answered(async () => analyticsOf(ctx).export({ ...asked, scope }));
}

export async function followRecords(
  ctx: ServiceContext,
  asked: Pick<Search, 'where'>,
): Promise<AsyncIterable<StoredRecord>> {
  const scope = await scopeOf(ctx, 'records:read');
  return analyticsOf(ctx).follow({ ...asked, scope });
}

function analyticsOf({ analytics }: ServiceContext): Analytics {
  if (analytics !== undefined) return analytics;
  throw new ServiceError('admin.unavailable', 'no records are kept here');
}

async function answered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServiceError('admin.unavailable', `records cannot be asked about now: ${reason}`);
  }
}
