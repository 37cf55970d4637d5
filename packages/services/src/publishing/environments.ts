import { eachEntity, findEntity, type Entity, type Statements } from '@gatehouse/store';
import { dataOf, listOf, type Data } from '../json-data.ts';

/** That of callers in earnest; all others are what a workspace says. */
export const DEFAULT_ENVIRONMENT = 'default';

/** Where versions are served besides, as a workspace has it. */
export interface Environment {
  readonly name: string;
  /** Callers come to it by these. */
  readonly hosts: readonly string[];
  /** Which upstream stands there for which. */
  readonly upstreams: Readonly<Record<string, string>>;
}

export function environmentsOf({ data }: Entity): readonly Environment[] {
  return Object.entries(dataOf(data['environments'])).map(([name, value]) => {
    const { hosts, upstreams } = dataOf(value);
    const others = Object.entries(dataOf(upstreams)).map(([from, to]) => [from, String(to)] as const);
    return { name, hosts: listOf(hosts).map(String), upstreams: Object.fromEntries(others) };
  });
}

/** A revision that is served in an environment. */
export interface Staged {
  readonly environment: string;
  readonly version: Entity;
  readonly revision: Entity;
}

export async function stagedOf(sql: Statements): Promise<readonly Staged[]> {
  const found: Staged[] = [];
  for await (const { workspace, parent, state, data } of eachEntity(sql, 'deployment')) {
    const environment = String(data['environment']);
    if (state !== 'active' || environment === DEFAULT_ENVIRONMENT) continue;
    const version = await findEntity(sql, { workspace, kind: 'version', id: parent });
    const revision = await findEntity(sql, { workspace, kind: 'revision', id: String(data['revision']) });
    if (version !== undefined && revision !== undefined) found.push({ environment, version, revision });
  }
  return found;
}

/** Whatever is not deployed in an environment is not to be had by its hosts, and least of all from another one. */
export function nothingElse({ name, hosts }: Environment): Data {
  const message = `nothing is deployed here in the environment ${name}`;
  const upstream = 'http://127.0.0.1:9';
  return { hosts, basePath: '/', access: 'open', upstream, policies: [{ maintenance: { message } }] };
}
