import type { Condition, Scope } from '@gatehouse/analytics';
import { listEntities, type Entity, type Statements } from '@gatehouse/store';
import { ofWorkspace } from '../analytics/scope.ts';
import { DEFAULT_WORKSPACE, nameAtGates, versionAtGates } from '../publishing/compose-config.ts';

const MANY = 100_000;

/** Which calls a rule is about, as its fields have it; all names are those of its workspace. */
export interface OfCalls {
  readonly api?: string | undefined;
  readonly version?: string | undefined;
  readonly plan?: string | undefined;
  readonly application?: string | undefined;
}

/** What a rule names is not there (any more). */
export class NothingThere extends Error {
  override readonly name = 'NothingThere';
}

/** A workspace as gates name what is its own. */
export interface Tenant {
  readonly id: string;
  readonly name: string;
}

export async function tenantsOf(sql: Statements): Promise<readonly Tenant[]> {
  const all = await listEntities(sql, { workspace: '', kind: 'workspace', limit: MANY });
  return all.map(({ id, name }) => ({ id, name }));
}

/** Which of all calls a rule is about: conditions on records, and those of its workspace only. */
export async function callsOf(
  sql: Statements,
  tenant: Tenant,
  ofCalls: OfCalls,
): Promise<{ readonly where: readonly Condition[]; readonly scope: Scope }> {
  return { where: await conditionsOf(sql, tenant, ofCalls), scope: await ofWorkspace(sql, tenant.id) };
}

async function conditionsOf(
  sql: Statements,
  tenant: Tenant,
  { api, version, plan, application }: OfCalls,
): Promise<readonly Condition[]> {
  const one = (dimension: Condition['dimension'], name: string): Condition => ({
    dimension,
    values: [nameAtGates(tenant.name, name)],
  });
  return [
    ...(api === undefined ? [] : [await ofApi(sql, tenant, { api, version })]),
    ...(plan === undefined ? [] : [one('plan', plan)]),
    ...(application === undefined ? [] : [one('application', application)]),
  ];
}

async function ofApi(
  sql: Statements,
  tenant: Tenant,
  { api: name, version: only }: { readonly api: string; readonly version: string | undefined },
): Promise<Condition> {
  const versions = await versionsOf(sql, tenant, name);
  const wanted = versions.filter((version) => only === undefined || version.name === only);
  if (wanted.length === 0)
    throw new NothingThere(`the api ${name} has no version${only === undefined ? '' : ` ${only}`}`);
  const entries = wanted.map((version) => entryOf(tenant, name, version));
  // Records call those of a file by the name that the file has for them.
  const ofFile = tenant.name === DEFAULT_WORKSPACE && only === undefined ? [name] : [];
  return { dimension: 'api', values: [...entries, ...ofFile] };
}

/** As records call the version of an api. */
export function entryOf(tenant: Tenant, api: string, version: Entity): string {
  return versionAtGates(tenant.name, api, version.name);
}

async function versionsOf(sql: Statements, { id: workspace }: Tenant, name: string): Promise<readonly Entity[]> {
  const [api] = await listEntities(sql, { workspace, kind: 'api', parent: '', name, limit: 1 });
  if (api === undefined) throw new NothingThere(`there is no api ${name}`);
  return listEntities(sql, { workspace, kind: 'version', parent: api.id, limit: MANY });
}

/** Names of apis by what records call their versions. */
export async function apisByEntry(sql: Statements, tenant: Tenant): Promise<ReadonlyMap<string, string>> {
  const { id: workspace } = tenant;
  const apis = await listEntities(sql, { workspace, kind: 'api', limit: MANY });
  const names = new Map(apis.map(({ id, name }) => [id, name]));
  const versions = await listEntities(sql, { workspace, kind: 'version', limit: MANY });
  return new Map(
    versions.map((version) => {
      const api = names.get(version.parent) ?? version.parent;
      return [entryOf(tenant, api, version), api];
    }),
  );
}
