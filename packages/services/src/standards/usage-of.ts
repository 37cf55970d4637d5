import type { UsageRow } from '@gatehouse/governance';
import { findEntity, type Entity } from '@gatehouse/store';
import type { Write } from '../entities/write.ts';
import { nameAtGates } from '../publishing/compose-config.ts';
import type { ServiceContext } from '../service-context.ts';

/** Who has called a version since then; undefined where nobody knows. */
export async function usageOf(
  { ctx, own }: { readonly ctx: ServiceContext; readonly own: Write },
  version: Entity,
  sinceMs: number,
): Promise<readonly UsageRow[] | undefined> {
  if (ctx.usage === undefined) return undefined;
  const api = await findEntity(own.sql, { workspace: version.workspace, kind: 'api', id: version.parent });
  const workspace = await findEntity(own.sql, { workspace: '', kind: 'workspace', id: version.workspace });
  const entry = nameAtGates(workspace?.name ?? version.workspace, `${api?.name ?? ''}-${version.name}`);
  const spec = Object.fromEntries<unknown>(Object.entries(version.data['spec'] ?? {}));
  const basePath = typeof spec['basePath'] === 'string' ? spec['basePath'] : '/';
  return ctx.usage.of({ entry, basePath, sinceMs });
}
