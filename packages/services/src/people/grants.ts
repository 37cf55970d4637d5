/** A bundle of rights, somewhere. */
export interface Grant {
  /** The name of a role. */
  readonly role: string;
  /** The name of a workspace; undefined: everywhere. */
  readonly workspace?: string | undefined;
}

/** What roles bring by themselves, as `resource:verb`; `*` stands for any. Others are entities. */
export const ROLES: Readonly<Record<string, readonly string[]>> = {
  admin: ['*:*'],
  publisher: [
    'apis:*',
    'versions:*',
    'revisions:*',
    'waivers:*',
    'plans:*',
    'upstreams:*',
    'teams:read',
    'applications:read',
    'subscriptions:read',
    'subscriptions:approve',
    'subscriptions:revoke',
    'approvals:*',
    'deployments:*',
  ],
  reviewer: [
    'apis:read',
    'versions:read',
    'revisions:read',
    'revisions:approve',
    'waivers:read',
    'waivers:approve',
    'approvals:*',
  ],
  developer: [
    'apis:read',
    'versions:read',
    'plans:read',
    'applications:*',
    'credentials:*',
    'subscriptions:read',
    'subscriptions:create',
    'subscriptions:update',
    'approvals:read',
    'approvals:answer',
  ],
  auditor: ['audit:read', 'audit:export'],
  viewer: ['*:read'],
};

/** Nothing is allowed but what a grant says. */
export function isGranted(
  permission: string,
  {
    grants,
    roles,
    workspace,
  }: {
    readonly grants: readonly Grant[];
    /** Roles that are not built in, by name. */
    readonly roles: ReadonlyMap<string, readonly string[]>;
    readonly workspace: string;
  },
): boolean {
  return grants.some((grant) => {
    if (grant.workspace !== undefined && grant.workspace !== workspace) return false;
    const rights = Object.hasOwn(ROLES, grant.role) ? ROLES[grant.role] : roles.get(grant.role);
    return rights?.some((right) => covers(right, permission)) === true;
  });
}

/** `apis:*` covers `apis:read`. The audit is nobody's business who is not told so by its name. */
export function covers(right: string, permission: string): boolean {
  const [resource, verb] = right.split(':');
  const [asked, action] = permission.split(':');
  if (resource === '*' && verb === '*') return true;
  if (resource === '*' && asked === 'audit') return false;
  return (resource === '*' || resource === asked) && (verb === '*' || verb === action);
}
