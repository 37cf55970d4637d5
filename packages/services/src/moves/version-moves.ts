import { Type } from 'typebox';
import { findEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';
import type { Write } from '../entities/write.ts';
import { openApproval, openFor } from '../approvals/course.ts';
import { deploy, revisionFor, undeploy } from './deploying.ts';
import { listOf } from '../json-data.ts';
import { LIVE } from './subscription-terms.ts';
import { usageOf } from '../standards/usage-of.ts';
import { reason, refused, type Applied, type Move, type Moving } from './move.ts';

const day = (description: string) => Type.String({ format: 'date-time', description });
const url = (description: string) => Type.Optional(Type.String({ format: 'uri', maxLength: 2000, description }));

/** Days between the announcement and the end of a version, by whom it serves. */
const GRACE_DAYS_LEAST = 30;
const GRACE_DAYS: Readonly<Record<string, number>> = { private: GRACE_DAYS_LEAST, partner: 90, public: 180 };
const DAY_MS = 86_400_000;
/** Nobody has called for so long. */
const QUIET_MS = 7 * DAY_MS;

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
    event: 'preview',
    from: ['approved'],
    to: 'preview',
    permission: 'publish',
    summary: 'Serves an alpha or beta to subscribers, before it is published; ends by itself if it says when.',
    input: Type.Object(
      { revision: Type.Optional(Type.String()), until: Type.Optional(day('When it is taken away again.')), reason },
      { additionalProperties: false },
    ),
    apply: preview,
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
    permission: 'publish',
    summary:
      'Ends it: callers get 410 with what follows. While it is called, only a second person can let that happen.',
    input: Type.Object({ force: Type.Optional(Type.Boolean()), reason }, { additionalProperties: false }),
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
    summary: 'Gives it back exactly the state that it had, when a second person has agreed.',
    input: Type.Object({ reason }, { additionalProperties: false }),
    apply: async (moving) => byTwo(moving, 'version.resume'),
  },
  {
    kind: 'version',
    event: 'archive',
    from: ['retired'],
    to: 'archived',
    permission: 'publish',
    summary: 'Puts it away: it is not served any more, and its name stays taken.',
    input: Type.Object({ reason }, { additionalProperties: false }),
    apply: async ({ own, entity }) => {
      await undeploy(own, entity);
      const { deployed: _deployed, ...data } = entity.data;
      return { data };
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

async function publish(moving: AnyMoving): Promise<Applied> {
  const { own, entity, input } = moving;
  const revision = await revisionFor(own.sql, entity, input['revision']);
  await deploy(moving, entity, revision);
  const state = entity.state === 'deprecated' ? 'deprecated' : 'published';
  return { data: { ...entity.data, deployed: revision.id }, state };
}

async function preview(moving: AnyMoving): Promise<Applied> {
  const { own, entity, input } = moving;
  const { stability } = entity.data;
  if (stability !== 'alpha' && stability !== 'beta')
    throw refused('a preview is of alpha or beta stability: say so, or publish it');
  await requirePlanned(own.sql, entity);
  const revision = await revisionFor(own.sql, entity, input['revision']);
  await deploy(moving, entity, revision);
  const until = input['until'];
  if (until !== undefined && momentOf(until) <= own.nowMs) throw refused('it would be over already');
  return { data: { ...entity.data, deployed: revision.id, ...(until !== undefined && { previewUntil: until }) } };
}

/** Somebody could subscribe to it. */
async function requirePlanned(sql: Statements, { workspace, parent: id }: Entity): Promise<void> {
  const api = await findEntity(sql, { workspace, kind: 'api', id });
  const plans = await listEntities(sql, { workspace, kind: 'plan', limit: 100_000 });
  const planned = plans.some(({ state, data }) => PLANNED.has(state) && listOf(data['apis']).includes(api?.name));
  if (!planned) throw refused('no plan holds the api, make one first');
}

const PLANNED: ReadonlySet<string> = new Set(['staging', 'published']);

async function unpublish({ own, entity }: AnyMoving): Promise<Applied> {
  const subscribed = await liveSubscriptions(own, entity);
  if (subscribed.length > 0) {
    const names = subscribed.map(({ name }) => name);
    throw refused('applications are subscribed to it, deprecate it instead', { subscriptions: names.slice(0, 100) });
  }
  await undeploy(own, entity);
  const { deployed: _deployed, previewUntil: _until, ...data } = entity.data;
  return { data };
}

/** Of the api, and not kept to another version. */
async function liveSubscriptions({ sql }: Write, version: Entity): Promise<readonly Entity[]> {
  const { workspace } = version;
  const api = await findEntity(sql, { workspace, kind: 'api', id: version.parent });
  const all = await listEntities(sql, { workspace, kind: 'subscription', limit: 1_000_000 });
  const live = all.filter(({ state }) => LIVE.has(state));
  return live.filter(({ data }) => data['api'] === api?.name && (data['version'] ?? version.name) === version.name);
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
    if (momentOf(from) >= momentOf(to)) throw refused('a window closes before it opens');
    if (momentOf(from) < opens || momentOf(to) > ends) throw refused('a window lies outside of deprecation and end');
  }
  return Promise.resolve({ data: { ...entity.data, lifecycle: { ...lifecycle, brownouts: windows } } });
}

/** Behind its end, and when nobody calls it any more; or by two people. */
async function retire(moving: AnyMoving): Promise<Applied> {
  const { ctx, own, entity, input } = moving;
  const sunset = lifecycleOf(entity)['sunset'];
  if (momentOf(sunset) > own.nowMs) throw refused(`it ends on ${String(sunset)}, and not before`, { sunset });
  if (input['force'] === true) return byTwo(moving, 'version.retire');
  const usage = await usageOf({ ctx, own }, entity, own.nowMs - QUIET_MS);
  const calls = usage?.reduce((sum, row) => sum + row.calls, 0);
  if (calls === 0) return { state: 'retired' };
  const why = calls === undefined ? 'nobody counts its calls' : `it was called ${calls} times in the last days`;
  throw refused(`${why}: force it, which a second person has to agree with`, { calls: calls ?? null });
}

/** Asks a second person; nothing changes until that one has agreed. */
async function byTwo(moving: AnyMoving, matter: 'version.retire' | 'version.resume'): Promise<Applied> {
  const { own, entity } = moving;
  const open = await openFor(own.sql, entity, matter);
  if (open !== undefined) throw refused('this is asked for already', { approval: open.id });
  const { approval, subject } = await openApproval(moving, { matter, subject: entity });
  // Nobody was asked, and nothing has happened.
  if (approval.state === 'rejected') throw refused('the process of the workspace rejects it by itself');
  return { moved: subject, shown: { approval: approval.id } };
}

function lifecycleOf({ data }: Entity): Readonly<Record<string, unknown>> {
  const { lifecycle } = data;
  return typeof lifecycle === 'object' && lifecycle !== null ? { ...lifecycle } : {};
}

const momentOf = (text: unknown): number => (typeof text === 'string' ? Date.parse(text) : Number.NaN);
