import { findEntity, listEntities, type Entity } from '@gatehouse/store';
import { closeApprovals } from '../approvals/course.ts';
import { undeploy, deploy } from '../moves/deploying.ts';
import { sealedRevision } from '../moves/revision-moves.ts';
import { LIVE, termsOf } from '../moves/subscription-terms.ts';
import { listOf } from '../json-data.ts';
import { publishGates } from '../standards/publish-gates.ts';
import type { Write } from '../entities/write.ts';
import type { ServiceContext } from '../service-context.ts';
import type { Desired } from './reading.ts';
import { isSame } from './field-changes.ts';
import { released } from './managed.ts';

const MANY = 1_000_000;

export interface Handling {
  readonly ctx: ServiceContext;
  readonly own: Write;
}

/** What is wrong with an entity as it stands, or what becomes of it. */
export type Standing = { readonly problem: string } | { readonly state: string; readonly note?: string };

/** `deleted`: nothing stands in the way of it; `released`: it stays, and belongs to nobody. */
export type Removal = { readonly problem: string } | 'deleted' | 'released';

/** What a kind does otherwise than plain ones, which are there or not. */
export interface Handler {
  /** Members that a gatehouse.yaml can say. */
  readonly fields: readonly string[];
  /** Of these, those that stay as they are where the file is silent. */
  readonly optional?: readonly string[];
  /** Which of those that belong to `parent`, and are not another of the file, it is; by its name, if left out. */
  readonly find?: (all: readonly Entity[], desired: Desired) => Entity | undefined;
  /** In which state a new one is made, and the state that one which is there gets. */
  readonly initial?: string;
  readonly standing?: (present: Entity, desired: Desired) => Standing;
  /** When it is there as it should be: whatever else has to be done. `changed`: whether the file says something new of it. */
  readonly settle?: (handling: Handling, entity: Entity, changed: boolean) => Promise<Entity>;
  /** Instead of deleting it. */
  readonly remove?: (handling: Handling, entity: Entity) => Promise<Removal>;
}

const SPEC = { fields: ['spec'] } as const;
/** In which calls reach a version. */
const CALLED: ReadonlySet<string> = new Set(['published', 'deprecated', 'suspended']);

const HANDLERS: Readonly<Record<string, Handler>> = {
  upstream: SPEC,
  provider: SPEC,
  model: SPEC,
  guard: SPEC,
  prompt: SPEC,
  budget: {
    fields: ['spec'],
    // A file has no names for them.
    find: (all, { name, data: { spec } }) => {
      const same = all.filter(({ data }) => isSame(data['spec'], spec));
      return same.find((each) => each.name === name) ?? same[0] ?? all.find((each) => each.name === name);
    },
  },
  setting: SPEC,
  api: {
    fields: ['title'],
    optional: ['title'],
    remove: async ({ own }, api) => {
      const { workspace, id: parent } = api;
      const [version] = await listEntities(own.sql, { workspace, kind: 'version', parent, limit: 1 });
      if (version === undefined) return 'deleted';
      await own.update(api, released(api), 'release');
      return 'released';
    },
  },
  version: {
    fields: ['spec', 'document'],
    standing: ({ state, name }) => {
      if (state === 'retired' || state === 'archived')
        return { problem: `the version ${name} is ${state} for good, give the api another version` };
      if (state === 'suspended') return { state, note: 'suspended by hand, and stays so' };
      return { state: state === 'deprecated' ? state : 'published' };
    },
    settle: published,
    remove: withdrawn,
  },
  plan: {
    fields: ['apis', 'spec', 'access', 'approval'],
    initial: 'published',
    standing: ({ state, name }) => {
      if (state === 'closed') return { problem: `the plan ${name} is closed for good, give it another name` };
      return { state: state === 'deprecated' ? state : 'published' };
    },
    remove: async ({ own }, plan) => {
      const { workspace, name } = plan;
      const all = await listEntities(own.sql, { workspace, kind: 'subscription', limit: MANY });
      const under = all.filter(({ data }) => data['plan'] === name);
      const live = under.find(({ state }) => LIVE.has(state));
      if (live !== undefined)
        return { problem: `applications are subscribed under the plan ${name}, move or end that first` };
      if (under.length === 0) return 'deleted';
      await own.update(plan, { ...released(plan), state: 'closed' }, 'close');
      return 'released';
    },
  },
  application: {
    fields: ['team'],
    initial: 'active',
    standing: ({ state, name }) => {
      if (state === 'archived')
        return { problem: `the application ${name} is archived for good, give it another name` };
      return { state, ...(state === 'suspended' && { note: 'suspended by hand, and stays so' }) };
    },
    remove: async ({ own }, { workspace, id: parent, name }) => {
      for (const kind of ['credential', 'subscription']) {
        const [child] = await listEntities(own.sql, { workspace, kind, parent, limit: 1 });
        if (child !== undefined)
          return { problem: `the application ${name} has a ${kind} that the file does not own, archive it by hand` };
      }
      return 'deleted';
    },
  },
  credential: {
    fields: ['expiresAt'],
    initial: 'active',
    standing: ({ state, name, data: { expiresAt } }, desired) => {
      if (state === 'active' || state === 'rotating') return { state };
      // As the file says.
      if (state === 'expired' && expiresAt === desired.data['expiresAt']) return { state, note: 'expired' };
      return { problem: `the key ${name} is ${state} for good, put another one in its place under another name` };
    },
    remove: async ({ own }, credential) => {
      if (credential.state === 'active' || credential.state === 'rotating') return 'deleted';
      // It is remembered, so that nobody brings it back.
      await own.update(credential, released(credential), 'release');
      return 'released';
    },
  },
  subscription: {
    fields: ['api', 'plan', 'version'],
    optional: ['api'],
    initial: 'active',
    find: (all, desired) => {
      const { api = '', plan } = desired.data;
      return all.find((each) => {
        const terms = termsOf(each);
        return (LIVE.has(each.state) || each.state === 'revoked') && terms.api === api && terms.plan === plan;
      });
    },
    standing: ({ state, data }) => {
      if (state === 'revoked') return { problem: 'the subscription was revoked for good, take it out of the file' };
      if (state !== 'active') return { problem: `the subscription is ${state}, decide about it first` };
      const held = data['paused'] === true ? 'paused' : data['stopped'] === true ? 'stopped' : undefined;
      return { state, ...(held !== undefined && { note: `${held} by hand, and stays so` }) };
    },
    remove: async ({ ctx, own }, subscription) => {
      await closeApprovals({ ctx, own }, subscription);
      if (subscription.state === 'active') return 'deleted';
      await own.update(subscription, released(subscription), 'release');
      return 'released';
    },
  },
};

export function handlerOf(kind: string): Handler {
  const handler = HANDLERS[kind];
  if (handler === undefined) throw new Error(`a ${kind} is nothing of a gatehouse.yaml`);
  return handler;
}

/** What is new of a version is sealed, which is where standards are kept, and gates get it. */
async function published(handling: Handling, version: Entity, changed: boolean): Promise<Entity> {
  const { ctx, own } = handling;
  const isServed = typeof version.data['deployed'] === 'string' && CALLED.has(version.state);
  if (isServed && !changed) return version;
  const verdicts = await publishGates({ ctx, own, version });
  const sealed = await sealedRevision(own, version, verdicts);
  const revision = await own.insert({ ...sealed, state: 'approved' }, 'seal');
  await deploy(handling, version, revision);
  own.touchGates();
  const state = CALLED.has(version.state) ? version.state : 'published';
  return own.update(version, { ...version, state, data: { ...version.data, deployed: revision.id } }, 'publish');
}

/** Nobody loses what they are subscribed to. */
async function withdrawn({ own }: Handling, version: Entity): Promise<Removal> {
  const { workspace, name, parent } = version;
  const api = await findEntity(own.sql, { workspace, kind: 'api', id: parent });
  const siblings = await listEntities(own.sql, { workspace, kind: 'version', parent, limit: MANY });
  const others = siblings.some(
    ({ id, state }) => id !== version.id && (state === 'published' || state === 'deprecated'),
  );
  const all = await listEntities(own.sql, { workspace, kind: 'subscription', limit: MANY });
  const held = all.find(
    ({ state, data }) =>
      LIVE.has(state) &&
      data['api'] === api?.name &&
      (data['version'] === name || (data['version'] === undefined && !others)),
  );
  if (held !== undefined)
    return { problem: `applications are subscribed to ${api?.name ?? parent} ${name}, deprecate it first` };
  await undeploy(own, version);
  own.touchGates();
  const { deployed: _deployed, ...data } = released(version).data;
  await own.update(version, { ...version, state: 'approved', data }, 'unpublish');
  return 'released';
}

/** Whether a subscription of the file can be: its plan holds the api, and is open to it. `present`: it is there already. */
export async function subscriptionProblem(
  { ctx: { workspace }, own }: Handling,
  { data }: Desired,
  present: Entity | undefined,
): Promise<string | undefined> {
  const name = String(data['plan']);
  const [plan] = await listEntities(own.sql, { workspace, kind: 'plan', parent: '', name, limit: 1 });
  if (plan === undefined) return `there is no plan ${name}`;
  const { state } = plan;
  const isOpen = state === 'published' || (state === 'deprecated' && present !== undefined);
  if (!isOpen) return `the plan ${name} is ${state}, and takes no subscriptions`;
  const { api } = data;
  if (typeof api !== 'string' || listOf(plan.data['apis']).includes(api)) return undefined;
  return `the plan ${name} does not hold the api ${api}`;
}
