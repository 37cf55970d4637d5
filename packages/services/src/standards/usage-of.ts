import type { UsageRow } from '@gatehouse/governance';
import { findEntity, type Entity, type Statements } from '@gatehouse/store';
import type { Write } from '../entities/write.ts';
import { versionAtGates } from '../publishing/compose-config.ts';
import type { ServiceContext } from '../service-context.ts';

/** What gates, and so records, call a version. */
export async function entryOf(sql: Statements, version: Entity): Promise<string> {
  const api = await findEntity(sql, { workspace: version.workspace, kind: 'api', id: version.parent });
  const workspace = await findEntity(sql, { workspace: '', kind: 'workspace', id: version.workspace });
  return versionAtGates(workspace?.name ?? version.workspace, api?.name ?? '', version.name);
}

/** Who has called a version since then; undefined where nobody knows. */
export async function usageOf(
  { ctx, own }: { readonly ctx: ServiceContext; readonly own: Write },
  version: Entity,
  sinceMs: number,
): Promise<readonly UsageRow[] | undefined> {
  if (ctx.usage === undefined) return undefined;
  const entry = await entryOf(own.sql, version);
  const spec = Object.fromEntries<unknown>(Object.entries(version.data['spec'] ?? {}));
  const basePath = typeof spec['basePath'] === 'string' ? spec['basePath'] : '/';
  return ctx.usage.of({ entry, basePath, sinceMs });
}
