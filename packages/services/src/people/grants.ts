/** A bundle of rights, somewhere. */
export interface Grant {
  /** The name of a role. */
  readonly role: string;
  /** The name of a workspace; undefined: everywhere. */
  readonly workspace?: string | undefined;
  /** The id of a team there, to whose things alone it extends; undefined: to all. */
  readonly team?: string | undefined;
  /** Counts only while its holder has taken it for an emergency. */
  readonly emergency?: boolean | undefined;
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
    'catalog:*',
    'alerts:*',
    'contacts:*',
    'silences:*',
    'objectives:*',
    'digests:*',
    'records:read',
    'analytics:read',
    'ledger:read',
  ],
  reviewer: [
    'apis:read',
    'versions:read',
    'revisions:read',
    'revisions:approve',
    'waivers:read',
    'waivers:approve',
    'approvals:*',
    'catalog:read',
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
    'catalog:read',
    'records:read',
    'analytics:read',
    'ledger:read',
  ],
  // Whoever came by themselves, for the things of a team of their own.
  consumer: [
    'applications:*',
    'credentials:*',
    'subscriptions:read',
    'subscriptions:create',
    'subscriptions:update',
    'approvals:read',
    'approvals:answer',
    'catalog:public',
    'records:read',
    'analytics:read',
    'ledger:read',
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
    team,
  }: {
    readonly grants: readonly Grant[];
    /** Roles that are not built in, by name. */
    readonly roles: ReadonlyMap<string, readonly string[]>;
    readonly workspace: string;
    /** Whose things it is about; left out: all, so that grants for one team do not count. */
    readonly team?: string | undefined;
  },
): boolean {
  return grants.some((grant) => isThere(grant, { workspace, team }) && brings(grant, { permission, roles }));
}

function isThere(grant: Grant, { workspace, team }: Omit<Grant, 'role'>): boolean {
  if (grant.team !== undefined && grant.team !== team) return false;
  return grant.workspace === undefined || grant.workspace === workspace;
}

function brings(
  { role }: Grant,
  { permission, roles }: { readonly permission: string; readonly roles: ReadonlyMap<string, readonly string[]> },
): boolean {
  const rights = Object.hasOwn(ROLES, role) ? ROLES[role] : roles.get(role);
  return rights?.some((right) => covers(right, permission)) === true;
}

/** The teams to whose things alone it is allowed. */
export function teamsGranted(
  permission: string,
  where: Omit<Parameters<typeof isGranted>[1], 'team'>,
): ReadonlySet<string> {
  const { grants, roles, workspace } = where;
  const teams = grants.flatMap((grant) =>
    grant.team !== undefined && isThere(grant, { workspace, team: grant.team }) && brings(grant, { permission, roles })
      ? [grant.team]
      : [],
  );
  return new Set(teams);
}

/** `apis:*` covers `apis:read`. The audit, and what callers said, are nobody's business who is not named for them. */
export function covers(right: string, permission: string): boolean {
  const [resource, verb] = right.split(':');
  const [asked, action] = permission.split(':');
  if (resource === '*' && verb === '*') return true;
  if (resource === '*' && (asked === 'audit' || asked === 'bodies')) return false;
  return (resource === '*' || resource === asked) && (verb === '*' || verb === action);
}
