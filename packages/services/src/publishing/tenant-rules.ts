import { findEntity, type Entity, type Statements } from '@gatehouse/store';
import { ServiceError } from '../service-error.ts';
import { DEFAULT_WORKSPACE } from './compose-config.ts';

/** What other workspaces would feel is no tenant's to say, by kind: why not, or undefined. */
const RULES: Readonly<Record<string, (entity: Entity) => string | undefined>> = {
  budget: ({ data: { spec } }) => {
    if (typeof spec === 'object' && spec !== null && 'name' in spec && typeof spec.name === 'string') return undefined;
    return 'a budget without a `name` counts what other workspaces spend, too: name whose it is';
  },
  certificate: () => `what the machine shows is of the whole house: it belongs into the workspace ${DEFAULT_WORKSPACE}`,
  setting: () => `settings are of the whole house: they belong into the workspace ${DEFAULT_WORKSPACE}`,
};

export async function requireOwn(sql: Statements, entity: Entity): Promise<void> {
  const why = RULES[entity.kind]?.(entity);
  if (why === undefined) return;
  const workspace = await findEntity(sql, { workspace: '', kind: 'workspace', id: entity.workspace });
  if (workspace?.name !== DEFAULT_WORKSPACE) throw new ServiceError('admin.invalid', why);
}
