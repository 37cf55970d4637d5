import { createLogger, type Clock } from '@gatehouse/kernel';
import { eachEntity, openDatabase, type Database, type Entity } from '@gatehouse/store';
import { Cipher, KINDS, seedHouse, type House, type Principal, type ServiceContext } from '../../src/index.ts';
import {
  changeEntity,
  createEntity,
  issueCredential,
  moveEntity,
  MOVES,
  requestSubscription,
  sealRevision,
} from '../../src/index.ts';
import { isGranted } from '../../src/people/grants.ts';
import { RecordingGate } from './recording-gate.ts';

export const START_MS = Date.parse('2026-11-26T12:00:00Z');
export const DAY_MS = 86_400_000;
const ENDS = { sunset: new Date(START_MS + 60 * DAY_MS).toISOString(), successor: 'https://example.com/next' };
export const TERMS = 'Be kind.';

/** All that is stored at a moment. */
export interface Snapshot {
  readonly nowMs: number;
  readonly entities: ReadonlyMap<string, Entity>;
  readonly audits: readonly { readonly action: string; readonly entity: string }[];
  readonly events: readonly { readonly topic: string; readonly entity: string }[];
}

export interface World {
  readonly house: House;
  readonly gate: RecordingGate;
  readonly time: { nowMs: number };
  readonly people: readonly Principal[];
  as(principal: Principal): ServiceContext;
  look(): Promise<Snapshot>;
  close(): Promise<void>;
}

const ROLES_OF_PEOPLE = ['admin', 'admin', 'admin', 'admin', 'publisher', 'developer'];

/** A house with an api of two versions, three plans, two applications and people of different rights. */
export async function openWorld(process: readonly object[], place = ':memory:'): Promise<World> {
  const time = { nowMs: START_MS };
  const clock: Clock = { now: () => time.nowMs, monotonic: () => time.nowMs };
  const gate = new RecordingGate();
  const database = await openDatabase(place);
  const log = createLogger({ level: 'error', write: () => undefined, now: clock.now });
  const house: House = {
    database,
    clock,
    cipher: new Cipher(Buffer.alloc(32, 1)),
    gate,
    log,
    usage: { of: async () => Promise.resolve([]) },
  };
  await seedHouse(house);
  const workspace = (await entitiesOf(database)).find(({ kind }) => kind === 'workspace')?.id ?? '';
  const system: Principal = { kind: 'system', id: 'system', name: 'system', refusal: () => undefined };
  const as = (principal: Principal): ServiceContext => ({ ...house, principal, workspace, requestId: 'req' });
  const people: Principal[] = [];
  for (const [index, role] of ROLES_OF_PEOPLE.entries()) {
    const input = { name: `p${index}@example.com`, grants: [{ role }] };
    const user = (await createEntity({ ...as(system), workspace: '' }, { kind: 'user', input })).result;
    people.push({
      kind: 'user',
      id: user.id,
      name: user.name,
      refusal: (permission) =>
        isGranted(permission, { grants: [{ role }], roles: new Map(), workspace }) ? undefined : 'no',
    });
  }
  await furnish(as(people[0] ?? system), as(people[1] ?? system), process);
  const processes = { 'version.resume': process, 'revision.review': process };
  const above = { ...as(system), workspace: '' };
  await changeEntity(above, { kind: 'workspace', id: workspace, revision: 1, patch: { processes } });
  const look = async (): Promise<Snapshot> => lookAt(database, time.nowMs);
  return { house, gate, time, people: [...people, system], as, look, close: async () => database.close() };
}

async function furnish(author: ServiceContext, other: ServiceContext, process: readonly object[]): Promise<void> {
  const make = async (kind: string, input: object): Promise<string> =>
    (await createEntity(author, { kind, input })).result.id;
  for (const name of ['up', 'next']) await make('upstream', { name, spec: { targets: ['http://127.0.0.1:4001'] } });
  const team = await make('team', { name: 'team', members: [other.principal.id] });
  const api = await make('api', { name: 'users', team });
  for (const name of ['1.0.0', '2.0.0']) {
    const spec = { basePath: `/${name}`, upstream: 'up', routes: [{ method: 'GET', path: '/x' }] };
    const version = await make('version', { name, api, spec, stability: 'beta' });
    const revision = (await sealRevision(author, { version })).result.id;
    await step(other, 'revision', 'approve', revision);
    await step(author, 'version', 'publish', version);
    if (name === '2.0.0') await step(author, 'version', 'deprecate', version, ENDS);
  }
  const plans = { auto: {}, gold: { approval: 'manual', process }, legal: { terms: TERMS } };
  for (const [name, fields] of Object.entries(plans)) {
    await step(author, 'plan', 'publish', await make('plan', { name, apis: ['users'], spec: {}, ...fields }));
  }
  for (const name of ['mobile', 'web']) {
    const application = await make('application', { name });
    await issueCredential(author, { name: 'first', application });
    await requestSubscription(author, { application, api: 'users', plan: 'auto' });
  }
}

export async function step(
  ctx: ServiceContext,
  kind: string,
  event: string,
  id: string,
  body: object = {},
): Promise<void> {
  const move = MOVES.find((each) => each.kind === kind && each.event === event);
  if (move === undefined) throw new Error(`there is no ${kind} ${event}`);
  await moveEntity(ctx, { move, moves: MOVES }, { kind, id, body, revision: undefined });
}

async function entitiesOf(database: Database): Promise<readonly Entity[]> {
  return database.read(async (sql) => {
    const all: Entity[] = [];
    for (const { kind } of KINDS) for await (const entity of eachEntity(sql, kind)) all.push(entity);
    return all;
  });
}

async function lookAt(database: Database, nowMs: number): Promise<Snapshot> {
  const entities = await entitiesOf(database);
  const rows = await database.read(async (sql) => ({
    audits: await sql.all('SELECT entry FROM audit_entries ORDER BY workspace, seq', []),
    events: await sql.all('SELECT topic, event FROM outbox ORDER BY id', []),
  }));
  const parsed = (text: unknown): Readonly<Record<string, unknown>> => {
    const value: unknown = JSON.parse(String(text));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  };
  return {
    nowMs,
    entities: new Map(entities.map((entity) => [entity.id, entity])),
    audits: rows.audits.map((row) => {
      const { action, entity } = parsed(row['entry']);
      const id = typeof entity === 'object' && entity !== null && 'id' in entity ? String(entity.id) : '';
      return { action: String(action), entity: id };
    }),
    events: rows.events.map((row) => ({
      topic: String(row['topic']),
      entity: String(parsed(row['event'])['entity']),
    })),
  };
}
