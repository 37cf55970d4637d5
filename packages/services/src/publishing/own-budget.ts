import { findEntity, type Entity, type Statements } from '@gatehouse/store';
import { ServiceError } from '../service-error.ts';
import { DEFAULT_WORKSPACE } from './compose-config.ts';

/** A budget that names nobody is everybody's, which is no tenant's to say. */
export async function requireOwnBudget(sql: Statements, { workspace: id, data }: Entity): Promise<void> {
  const { spec } = data;
  if (typeof spec === 'object' && spec !== null && 'name' in spec && typeof spec.name === 'string') return;
  const workspace = await findEntity(sql, { workspace: '', kind: 'workspace', id });
  if (workspace?.name === DEFAULT_WORKSPACE) return;
  throw new ServiceError(
    'admin.invalid',
    'a budget without a `name` counts what other workspaces spend, too: name whose it is',
  );
}
