import type { Scope } from '@gatehouse/analytics';
import { entitiesIn, type Statements } from '@gatehouse/store';
import { DEFAULT_WORKSPACE, nameAtGates, versionAtGates, workspaceNames } from '../publishing/compose-config.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';

export type CallsRight = 'records:read' | 'records:export' | 'analytics:read' | 'bodies:read' | 'ledger:read';

/**
 * Which calls whoever asks may see: all, above workspaces; those of a workspace; or those to the apis, and of the
 * applications, of its teams. Refuses who may see none.
 */
export async function scopeOf(ctx: ServiceContext, permission: CallsRight): Promise<Scope | undefined> {
  const { principal, workspace, database } = ctx;
  const why = principal.refusal(permission, workspace);
  if (why === undefined)
    return workspace === '' ? undefined : database.read(async (sql) => ofWorkspace(sql, workspace));
  const teams = principal.teams?.(permission, workspace) ?? new Set<string>();
  if (workspace === '' || teams.size === 0) throw new ServiceError('admin.forbidden', why, { permission });
  return database.read(async (sql) => ofTeams(sql, { workspace, teams }));
}

/** Names at gates begin with that of their workspace, but for those of the default one. */
export async function ofWorkspace(sql: Statements, workspace: string): Promise<Scope> {
  const names = await workspaceNames(sql);
  const name = names.get(workspace) ?? workspace;
  const nothing = { apis: [], applications: [] };
  if (name !== DEFAULT_WORKSPACE) return { ...nothing, prefixes: [nameAtGates(name, '')] };
  const others = [...names.values()].filter((other) => other !== DEFAULT_WORKSPACE);
  return { ...nothing, prefixes: [''], except: others.map((other) => nameAtGates(other, '')) };
}

/** Records call a version by the name of its api and its own, as gates do. */
async function ofTeams(
  sql: Statements,
  { workspace, teams }: { readonly workspace: string; readonly teams: ReadonlySet<string> },
): Promise<Scope> {
  const name = (await workspaceNames(sql)).get(workspace) ?? workspace;
  const owned = async (kind: 'api' | 'application'): Promise<ReadonlyMap<string, string>> => {
    const found = new Map<string, string>();
    for await (const entity of entitiesIn(sql, { workspace, kind })) {
      const { team } = entity.data;
      if (typeof team === 'string' && teams.has(team)) found.set(entity.id, entity.name);
    }
    return found;
  };
  const apis = await owned('api');
  const entries: string[] = [];
  for await (const version of entitiesIn(sql, { workspace, kind: 'version' })) {
    const api = apis.get(version.parent);
    if (api !== undefined) entries.push(versionAtGates(name, api, version.name));
  }
  const applications = [...(await owned('application')).values()];
  return { apis: entries, applications: applications.map((each) => nameAtGates(name, each)), prefixes: [] };
}
