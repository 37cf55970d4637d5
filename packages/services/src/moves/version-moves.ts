import { Type } from 'typebox';
import { findEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';
import type { Write } from '../entities/write.ts';
import { deployedRevision } from './revision-moves.ts';
import { reason, refused, type Applied, type Move, type Moving } from './move.ts';

const day = (description: string) => Type.String({ format: 'date-time', description });
const url = (description: string) => Type.Optional(Type.String({ format: 'uri', maxLength: 2000, description }));

/** Days between the announcement and the end of a version, by whom it serves. */
const GRACE_DAYS_LEAST = 30;
const GRACE_DAYS: Readonly<Record<string, number>> = { private: GRACE_DAYS_LEAST, partner: 90, public: 180 };
const DAY_MS = 86_400_000;

const MOVES: readonly Move[] = [
  {
    kind: 'version',
    event: 'publish',
    from: ['approved', 'preview', 'published', 'deprecated'],
    summary: 'Deploys its last approved revision, or the one that is named; answers when all gates enforce it.',
    input: Type.Object({ revision: Type.Optional(Type.String()), reason }, { additionalProperties: false }),
    apply: publish,
  },
  {
    kind: 'version',
    event: 'unpublish',
    from: ['published', 'preview'],
    to: 'approved',
    permission: 'publish',
    summary: 'Takes it away from callers; not possible while applications are subscribed.',
    input: Type.Object({ reason }, { additionalProperties: false }),
    apply: unpublish,
  },
  {
    kind: 'version',
    event: 'deprecate',
    from: ['published', 'deprecated'],
    to: 'deprecated',
    permission: 'publish',
    summary: 'Tells callers that it should not be used any more, when it ends and what follows.',
    input: Type.Object(
      {
        sunset: day('When it ends.'),
        deprecatedAt: Type.Optional(day('Since when; now, if it is left out.')),
        successor: url('What to use instead.'),
        docs: url('What callers should read about it.'),
        reason,
      },
      { additionalProperties: false },
    ),
    apply: deprecate,
  },
  {
    kind: 'version',
    event: 'undeprecate',
    from: ['deprecated'],
    to: 'published',
    permission: 'publish',
    summary: 'Takes a deprecation back, before it has ended.',
    input: Type.Object({ reason }, { additionalProperties: false }),
    apply: async ({ entity, own }) => {
      if (momentOf(lifecycleOf(entity)['sunset']) <= own.nowMs) throw refused('its end has passed');
      return Promise.resolve({ data: { ...entity.data, lifecycle: {} } });
    },
  },
  {
    kind: 'version',
    event: 'brownout',
    from: ['deprecated'],
    permission: 'publish',
    summary: 'Windows in which calls are refused, so that whoever has not noticed the end does. Replaces those before.',
    input: Type.Object(
      {
        windows: Type.Array(Type.Object({ from: day('When it opens.'), to: day('When it closes.') }), {
          maxItems: 100,
        }),
        reason,
      },
      { additionalProperties: false },
    ),
    apply: brownout,
  },
  {
    kind: 'version',
    event: 'retire',
    from: ['deprecated'],
    to: 'retired',
    permission: 'publish',
    summary: 'Ends it: callers get 410 with what follows.',
    input: Type.Object({ reason }, { additionalProperties: false }),
    apply: retire,
  },
  {
    kind: 'version',
    event: 'suspend',
    from: ['published', 'deprecated', 'preview'],
    to: 'suspended',
    permission: 'publish',
    summary: 'Answers all of its callers with 503, until it is resumed.',
    input: Type.Object({ reason }, { additionalProperties: false }),
    apply: async ({ entity }) => Promise.resolve({ data: { ...entity.data, suspendedFrom: entity.state } }),
  },
  {
    kind: 'version',
    event: 'resume',
    from: ['suspended'],
    permission: 'publish',
    summary: 'Gives it back exactly the state that it had.',
    input: Type.Object({ reason }, { additionalProperties: false }),
    apply: async ({ entity }) => {
      const { suspendedFrom, ...data } = entity.data;
      return Promise.resolve({ data, state: String(suspendedFrom) });
    },
  },
];

/** What a version answers is what gates serve. */
export const VERSION_MOVES: readonly Move[] = MOVES.map(({ apply, ...move }) => ({
  ...move,
  apply: async (moving) => {
    moving.own.touchGates();
    return (await apply?.(moving)) ?? {};
  },
}));

type AnyMoving = Moving<Readonly<Record<string, unknown>>>;

async function publish({ own, entity, input }: AnyMoving): Promise<Applied> {
  const revision = await revisionFor(own.sql, entity, input['revision']);
  const before = await deployedRevision(own.sql, entity);
  if (before !== undefined && before.id !== revision.id)
    await own.update(before, { ...before, state: 'superseded' }, 'supersede');
  if (revision.state !== 'deployed') await own.update(revision, { ...revision, state: 'deployed' }, 'deploy');
  const state = entity.state === 'deprecated' ? 'deprecated' : 'published';
  return { data: { ...entity.data, deployed: revision.id }, state };
}

const DEPLOYABLE: ReadonlySet<string> = new Set(['approved', 'superseded', 'deployed']);

async function revisionFor(sql: Statements, { workspace, id }: Entity, named: unknown): Promise<Entity> {
  const all = await listEntities(sql, { workspace, kind: 'revision', parent: id, limit: 10_000 });
  const found =
    named === undefined ? all.findLast(({ state }) => state === 'approved') : all.find((each) => each.id === named);
  if (found === undefined)
    throw refused(named === undefined ? 'none of its revisions is approved' : 'it has no such revision');
  if (!DEPLOYABLE.has(found.state)) throw refused(`the revision ${found.name} is ${found.state}, approve it first`);
  return found;
}

async function unpublish({ own, entity }: AnyMoving): Promise<Applied> {
  const subscribed = await liveSubscriptions(own, entity);
  if (subscribed.length > 0) {
    const names = subscribed.map(({ name }) => name);
    throw refused('applications are subscribed to it, deprecate it instead', { subscriptions: names.slice(0, 100) });
  }
  const { deployed: _deployed, ...data } = entity.data;
  return { data };
}

/** Of the api, and not kept to another version. */
async function liveSubscriptions({ sql }: Write, version: Entity): Promise<readonly Entity[]> {
  const { workspace } = version;
  const api = await findEntity(sql, { workspace, kind: 'api', id: version.parent });
  const all = await listEntities(sql, { workspace, kind: 'subscription', state: 'active', limit: 1_000_000 });
  return all.filter(({ data }) => data['api'] === api?.name && (data['version'] ?? version.name) === version.name);
}

async function deprecate({ own, entity, input }: AnyMoving): Promise<Applied> {
  const sunsetMs = momentOf(input['sunset']);
  const sinceMs = input['deprecatedAt'] === undefined ? own.nowMs : momentOf(input['deprecatedAt']);
  const before = momentOf(lifecycleOf(entity)['sunset']);
  const { audience } = entity.data;
  const days = (typeof audience === 'string' ? GRACE_DAYS[audience] : undefined) ?? GRACE_DAYS_LEAST;
  if (sunsetMs < sinceMs + days * DAY_MS) {
    const earliest = new Date(sinceMs + days * DAY_MS).toISOString();
    throw refused(`callers have ${days} days to move, so it cannot end before ${earliest}`, { earliest });
  }
  if (Number.isFinite(before) && sunsetMs < before) throw refused('its end was announced, and may only move later');
  const { successor, docs } = input;
  const lifecycle = {
    deprecated: new Date(sinceMs).toISOString(),
    sunset: new Date(sunsetMs).toISOString(),
    ...(successor !== undefined && { successor }),
    ...(docs !== undefined && { docs }),
  };
  return Promise.resolve({ data: { ...entity.data, lifecycle } });
}

async function brownout({ entity, input }: AnyMoving): Promise<Applied> {
  const lifecycle = lifecycleOf(entity);
  const [opens, ends] = [momentOf(lifecycle['deprecated']), momentOf(lifecycle['sunset'])];
  const windows = Array.isArray(input['windows']) ? input['windows'] : [];
  for (const { from, to } of windows) {
    if (momentOf(from) < opens || momentOf(to) > ends) throw refused('a window lies outside of deprecation and end');
  }
  return Promise.resolve({ data: { ...entity.data, lifecycle: { ...lifecycle, brownouts: windows } } });
}

async function retire({ own, entity }: AnyMoving): Promise<Applied> {
  const sunset = lifecycleOf(entity)['sunset'];
  if (momentOf(sunset) > own.nowMs) throw refused(`it ends on ${String(sunset)}, and not before`, { sunset });
  return Promise.resolve({ data: entity.data });
}

function lifecycleOf({ data }: Entity): Readonly<Record<string, unknown>> {
  const { lifecycle } = data;
  return typeof lifecycle === 'object' && lifecycle !== null ? { ...lifecycle } : {};
}

const momentOf = (text: unknown): number => (typeof text === 'string' ? Date.parse(text) : Number.NaN);
