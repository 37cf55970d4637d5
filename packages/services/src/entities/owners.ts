import { findEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';

/** What is done: the verb of the permission, and the event where that is another word. */
export interface Deed {
  readonly verb: string;
  readonly event?: string | undefined;
}

type Owners = (sql: Statements, entity: Entity, deed: Deed) => Promise<readonly string[]>;

/** What those who offer an api decide about its subscriptions; all else is the subscriber's. */
const OFFERED: ReadonlySet<string> = new Set(['approve', 'revoke']);
const TRANSFERS: ReadonlySet<string> = new Set(['accept-transfer', 'decline-transfer']);
/** What it takes of the thing that an approval is about. */
const OF_APPROVALS: Readonly<Record<string, string>> = { decide: 'approve', answer: 'update' };

/** Which kinds belong to teams, and how the teams are found. Kinds without a row are the workspace's. */
const OWNERS: ReadonlyMap<string, Owners> = new Map<string, Owners>([
  ['team', async (_, { id }) => Promise.resolve([id])],
  ['api', async (_, { data }) => Promise.resolve(teamIn(data))],
  ['application', async (_, { data }) => Promise.resolve(teamIn(data))],
  ['version', above('api')],
  ['revision', above('version')],
  ['deployment', above('version')],
  ['waiver', above('version')],
  ['credential', above('application')],
  ['subscription', ofSubscription],
  ['approval', ofApproval],
  ['alert', ofNamed],
  ['objective', ofNamed],
  ['contact', async (_, { data }) => Promise.resolve(teamIn(data))],
  ['silence', ofSilence],
]);

export function belongsToTeams(kind: string): boolean {
  return OWNERS.has(kind);
}

/** The ids of the teams that answer for an entity when this is done with it; each of them may. */
export async function ownersOf(sql: Statements, entity: Entity, deed: Deed): Promise<readonly string[]> {
  return (await OWNERS.get(entity.kind)?.(sql, entity, deed)) ?? [];
}

function teamIn({ team }: Entity['data']): readonly string[] {
  return typeof team === 'string' ? [team] : [];
}

function above(kind: string): Owners {
  return async (sql, { workspace, parent: id }, deed) => {
    const found = await findEntity(sql, { workspace, kind, id });
    return found === undefined ? [] : ownersOf(sql, found, deed);
  };
}

/** Between two teams: one has the application, the other offers the api. */
async function ofSubscription(sql: Statements, entity: Entity, deed: Deed): Promise<readonly string[]> {
  const { workspace, parent, data } = entity;
  const ofApplication = async (id: string): Promise<readonly string[]> => {
    const application = await findEntity(sql, { workspace, kind: 'application', id });
    return application === undefined ? [] : teamIn(application.data);
  };
  const subscriber = await ofApplication(parent);
  const { transfer } = data;
  const isOffered = typeof transfer === 'object' && transfer !== null && 'to' in transfer;
  const receiver = isOffered ? await ofApplication(String(transfer.to)) : [];
  if (TRANSFERS.has(deed.event ?? ''))
    return deed.event === 'accept-transfer' ? receiver : [...receiver, ...subscriber];
  if (deed.verb !== 'read' && !OFFERED.has(deed.verb)) return subscriber;
  const name = String(data['api']);
  const [api] = await listEntities(sql, { workspace, kind: 'api', parent: '', name, limit: 1 });
  const provider = api === undefined ? [] : teamIn(api.data);
  return deed.verb === 'read' ? [...subscriber, ...receiver, ...provider] : provider;
}

async function ofApproval(sql: Statements, { workspace, data }: Entity, { verb }: Deed): Promise<readonly string[]> {
  const { subject } = data;
  if (typeof subject !== 'object' || subject === null || !('kind' in subject) || !('id' in subject)) return [];
  const found = await findEntity(sql, { workspace, kind: String(subject.kind), id: String(subject.id) });
  return found === undefined ? [] : ownersOf(sql, found, { verb: OF_APPROVALS[verb] ?? verb });
}

/** Whoever owns the api or the application whose calls it is about. */
async function ofNamed(sql: Statements, { workspace, data }: Entity): Promise<readonly string[]> {
  const found: string[] = [];
  for (const kind of ['api', 'application']) {
    const name = data[kind];
    if (typeof name !== 'string') continue;
    const [entity] = await listEntities(sql, { workspace, kind, parent: '', name, limit: 1 });
    if (entity !== undefined) found.push(...teamIn(entity.data));
  }
  return found;
}

/** Whoever owns all of the rules that it names; one that names none is about those of the whole workspace. */
async function ofSilence(sql: Statements, { workspace, data }: Entity): Promise<readonly string[]> {
  const names = Array.isArray(data['rules']) ? data['rules'].map(String) : [];
  const owners: ReadonlySet<string>[] = [];
  for (const name of names) {
    for (const kind of ['alert', 'objective']) {
      const [rule] = await listEntities(sql, { workspace, kind, parent: '', name, limit: 1 });
      if (rule !== undefined) owners.push(new Set(await ofNamed(sql, rule)));
    }
  }
  const [first, ...rest] = owners;
  return owners.length < names.length ? [] : [...(first ?? [])].filter((team) => rest.every((set) => set.has(team)));
}
