import { listEntities, type Entity, type Statements } from '@gatehouse/store';
import type { Write } from '../entities/write.ts';
import type { ServiceContext } from '../service-context.ts';
import { DEFAULT_ENVIRONMENT } from '../publishing/environments.ts';
import { requireBudgetLeft } from '../standards/budget-gate.ts';
import { refused } from './move.ts';

const DEPLOYABLE: ReadonlySet<string> = new Set(['approved', 'superseded', 'deployed']);
/** Calls that an earlier deployment began have so long to end. */
const DRAIN_MS = 60_000;
const MANY = 100_000;

/** The last that is approved, or the one that is named: an older one is a rollback. */
export async function revisionFor(sql: Statements, { workspace, id }: Entity, named: unknown): Promise<Entity> {
  const all = await listEntities(sql, { workspace, kind: 'revision', parent: id, limit: MANY });
  const found =
    named === undefined ? all.findLast(({ state }) => state === 'approved') : all.find((each) => each.id === named);
  if (found === undefined)
    throw refused(named === undefined ? 'none of its revisions is approved' : 'it has no such revision');
  if (!DEPLOYABLE.has(found.state)) throw refused(`the revision ${found.name} is ${found.state}, approve it first`);
  return found;
}

interface Deploying {
  readonly ctx: ServiceContext;
  readonly own: Write;
}

/** All calls of a version go to a revision from now on. `known`: the deployment that says so, where there is one. */
export async function deploy(
  { ctx, own }: Deploying,
  version: Entity,
  revision: Entity,
  known?: Entity,
): Promise<Entity | undefined> {
  await requireBudgetLeft(own, version, revision);
  await moveRevisions(own, version, revision);
  const others = await othersThere(own.sql, version, { known: known?.id, environment: DEFAULT_ENVIRONMENT });
  const active = others.find(({ state, data }) => state === 'active' && data['revision'] === revision.id);
  for (const other of others) {
    if (other !== active) await putAway(own, other);
  }
  if (active !== undefined || known !== undefined) return active ?? known;
  return own.insert(
    newDeployment({ ctx, own }, version, { revision: revision.id, weight: 100, state: 'active' }),
    'activate',
  );
}

/** The same in another environment, where the version need not be published. */
export async function stage(own: Write, version: Entity, { id: known, data }: Entity): Promise<void> {
  const environment = String(data['environment']);
  for (const other of await othersThere(own.sql, version, { known, environment })) await putAway(own, other);
  own.touchGates();
}

async function othersThere(
  sql: Statements,
  version: Entity,
  { known, environment }: { readonly known: string | undefined; readonly environment: string },
): Promise<readonly Entity[]> {
  const all = await deploymentsOf(sql, version);
  return all.filter(({ id, data }) => id !== known && data['environment'] === environment);
}

/** Nothing of a version is served any more. */
export async function undeploy(own: Write, version: Entity): Promise<void> {
  await moveRevisions(own, version, undefined);
  for (const deployment of await deploymentsOf(own.sql, version)) await putAway(own, deployment);
}

/** Exactly one revision of a version is deployed, or none. */
async function moveRevisions(own: Write, version: Entity, to: Entity | undefined): Promise<void> {
  const { workspace, id: parent } = version;
  const deployed = await listEntities(own.sql, { workspace, kind: 'revision', parent, state: 'deployed', limit: MANY });
  for (const before of deployed) {
    if (before.id !== to?.id) await own.update(before, { ...before, state: 'superseded' }, 'supersede');
  }
  if (to !== undefined && to.state !== 'deployed') await own.update(to, { ...to, state: 'deployed' }, 'deploy');
}

const AWAY: Readonly<Record<string, string>> = { active: 'draining', pending: 'removed', rolling: 'rolled_back' };

async function putAway(own: Write, deployment: Entity): Promise<void> {
  const state = AWAY[deployment.state];
  if (state === undefined) return;
  const drainsUntil = new Date(own.nowMs + DRAIN_MS).toISOString();
  const data = state === 'draining' ? { ...deployment.data, drainsUntil } : deployment.data;
  await own.update(deployment, { ...deployment, state, data }, state === 'draining' ? 'drain' : 'remove');
}

export async function deploymentsOf(sql: Statements, { workspace, id: parent }: Entity): Promise<readonly Entity[]> {
  return listEntities(sql, { workspace, kind: 'deployment', parent, limit: MANY });
}

interface DeploymentFacts {
  readonly revision: string;
  readonly weight: number;
  readonly state: string;
  readonly environment?: string;
}

export function newDeployment(
  { ctx, own }: Deploying,
  version: Entity,
  { revision, weight, state, environment = DEFAULT_ENVIRONMENT }: DeploymentFacts,
): Entity {
  const id = own.newId('deployment');
  return {
    workspace: version.workspace,
    kind: 'deployment',
    id,
    parent: version.id,
    name: id,
    state,
    lookup: undefined,
    revision: 1,
    data: { revision, environment, weight, by: ctx.principal.id },
    createdMs: own.nowMs,
    updatedMs: own.nowMs,
  };
}
