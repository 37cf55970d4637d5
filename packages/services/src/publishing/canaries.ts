import { eachEntity, findEntity, type Entity, type Statements } from '@gatehouse/store';

export interface Canary {
  readonly revision: Entity;
  /** In percent of the version's calls. */
  readonly weight: number;
}

/** Deployments that roll, by the version that they are of. */
export async function canariesOf(sql: Statements): Promise<ReadonlyMap<string, Canary>> {
  const found = new Map<string, Canary>();
  for await (const { workspace, parent, state, data } of eachEntity(sql, 'deployment')) {
    if (state !== 'rolling') continue;
    const revision = await findEntity(sql, { workspace, kind: 'revision', id: String(data['revision']) });
    if (revision !== undefined) found.set(parent, { revision, weight: Number(data['weight']) });
  }
  return found;
}
