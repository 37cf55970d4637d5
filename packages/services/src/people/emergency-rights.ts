import { listEntities, type Entity, type Statements } from '@gatehouse/store';
import type { Grant } from './grants.ts';

/** Who may do what, and who decides about what: nobody keeps for good what they have taken for an hour. */
const KEPT: ReadonlySet<string> = new Set([
  'users',
  'groups',
  'roles',
  'directories',
  'tokens',
  'scim',
  'workspaces',
  'emergencies',
  'petitions',
]);
/** Nobody has more of them open. */
const OPEN_MAX = 20;

export function isForEmergencies(permission: string): boolean {
  const [resource = '', verb] = permission.split(':');
  return verb === 'read' || !KEPT.has(resource);
}

/** What a user has taken and not given back, of what it still may take. */
export async function takenOf(
  sql: Statements,
  user: Entity,
  { reserve, nowMs }: { readonly reserve: readonly Grant[]; readonly nowMs: number },
): Promise<readonly Grant[]> {
  const query = { workspace: '', kind: 'emergency', parent: user.id, state: 'open', limit: OPEN_MAX };
  const open = (await listEntities(sql, query)).filter(({ data }) => Date.parse(String(data['until'])) > nowMs);
  return reserve.filter((grant) => open.some(({ data }) => isOf(grant, data)));
}

export function isOf({ role, workspace, team }: Grant, data: Entity['data']): boolean {
  return (
    data['role'] === role && (data['workspace'] ?? undefined) === workspace && (data['team'] ?? undefined) === team
  );
}
