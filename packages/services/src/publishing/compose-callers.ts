import type { CallerChange } from '@gatehouse/directory';
import { eachEntity, findEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';
import { nameAtGates, workspaceNames } from './compose-config.ts';

const LIVE_KEYS: ReadonlySet<string> = new Set(['active', 'rotating']);
const SUBSCRIPTIONS_MAX = 10_000;

export interface ApplicationId {
  readonly workspace: string;
  readonly id: string;
}

/** Who calls: what gates know of an application, of its keys. All workers find it in memory that they share. */
export async function applicationChange(sql: Statements, of: ApplicationId): Promise<CallerChange> {
  const { id } = of;
  const application = await findEntity(sql, { ...of, kind: 'application' });
  if (application === undefined || application.state !== 'active') return { kind: 'application', id, text: undefined };
  const subscriptions = await listEntities(sql, {
    workspace: application.workspace,
    kind: 'subscription',
    parent: id,
    limit: SUBSCRIPTIONS_MAX,
  });
  const workspace = (await workspaceNames(sql)).get(application.workspace) ?? application.workspace;
  return {
    kind: 'application',
    id,
    text: textOf(application, { workspace, subscriptions, team: await teamOf(sql, application) }),
  };
}

interface Facts {
  readonly workspace: string;
  readonly subscriptions: readonly Entity[];
  readonly team: string | undefined;
}

function textOf({ name }: Entity, { workspace, subscriptions, team }: Facts): string {
  return JSON.stringify({
    name: nameAtGates(workspace, name),
    team,
    subscriptions: subscriptions.filter(isServed).map(({ data: { api = '', plan, version } }) => ({
      product: nameAtGates(workspace, String(api)),
      plan: nameAtGates(workspace, String(plan)),
      version,
    })),
  });
}

function isServed({ state, data }: Entity): boolean {
  return state === 'active' && data['paused'] !== true && data['stopped'] !== true;
}

async function teamOf(sql: Statements, { workspace, data }: Entity): Promise<string | undefined> {
  const { team } = data;
  if (typeof team !== 'string') return undefined;
  return (await findEntity(sql, { workspace, kind: 'team', id: team }))?.name ?? team;
}

/** What a change of a credential means to gates. */
export function credentialChanges(before: Entity | undefined, after: Entity | undefined): readonly CallerChange[] {
  const now = after === undefined ? [] : liveKey(after);
  const gone =
    before?.lookup === undefined || (before.lookup === after?.lookup && now.length > 0) ? [] : [before.lookup];
  return [...gone.map((sha256) => ({ kind: 'no-credential', sha256 }) as const), ...now];
}

function liveKey({ parent, name, state, lookup, data }: Entity): readonly CallerChange[] {
  if (lookup === undefined || !LIVE_KEYS.has(state)) return [];
  const [ends] = [data['expiresAt'], data['retiresAt']].filter((at) => typeof at === 'string').toSorted();
  const expiresMs = ends === undefined ? undefined : Date.parse(ends);
  return [{ kind: 'credential', sha256: lookup, application: parent, name, expiresMs }];
}

/** All that there are. */
export async function* allCallers(sql: Statements): AsyncGenerator<CallerChange> {
  const workspaces = await workspaceNames(sql);
  const teams = new Map<string, string>();
  for await (const team of eachEntity(sql, 'team')) teams.set(team.id, team.name);
  const subscriptions = new Map<string, Entity[]>();
  for await (const subscription of eachEntity(sql, 'subscription')) {
    if (!isServed(subscription)) continue;
    const known = subscriptions.get(subscription.parent);
    if (known === undefined) subscriptions.set(subscription.parent, [subscription]);
    else known.push(subscription);
  }
  for await (const application of eachEntity(sql, 'application')) {
    if (application.state !== 'active') continue;
    const { id, data } = application;
    const facts = {
      workspace: workspaces.get(application.workspace) ?? application.workspace,
      subscriptions: subscriptions.get(id) ?? [],
      team: typeof data['team'] === 'string' ? (teams.get(data['team']) ?? data['team']) : undefined,
    };
    yield { kind: 'application', id, text: textOf(application, facts) };
  }
  for await (const credential of eachEntity(sql, 'credential')) yield* liveKey(credential);
}
