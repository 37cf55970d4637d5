import fc from 'fast-check';
import type { Entity } from '@gatehouse/store';
import {
  changeEntity,
  createDeployment,
  createEntity,
  issueCredential,
  moveEntity,
  MOVES,
  removeEntity,
  requestSubscription,
  sealRevision,
  ServiceError,
  tick,
  type Move,
  type Principal,
  type ServiceContext,
} from '../../src/index.ts';
import { DAY_MS, type Snapshot, type World } from './world.ts';

/** What happens, by numbers that pick among what there is: so that shorter courses stay courses. */
export interface Step {
  readonly what: 'move' | 'any move' | 'create' | 'patch' | 'remove' | 'tick';
  readonly kind: number;
  readonly target: number;
  readonly event: number;
  readonly by: number;
  readonly days: number;
  readonly gateRefuses: boolean;
}

export interface Done {
  readonly step: Step;
  readonly by: Principal;
  /** Such as `subscription.approve`. */
  readonly name: string;
  readonly target: Entity | undefined;
  readonly error: ServiceError | undefined;
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** Does the same again. */
  readonly again: () => Promise<unknown>;
}

const nat = fc.nat({ max: 1000 });
export const stepArbitrary: fc.Arbitrary<Step> = fc.record({
  what: fc.oneof(
    { weight: 12, arbitrary: fc.constant('move' as const) },
    { weight: 2, arbitrary: fc.constant('any move' as const) },
    { weight: 4, arbitrary: fc.constant('create' as const) },
    { weight: 1, arbitrary: fc.constant('patch' as const) },
    { weight: 1, arbitrary: fc.constant('remove' as const) },
    { weight: 2, arbitrary: fc.constant('tick' as const) },
  ),
  kind: nat,
  target: nat,
  event: nat,
  by: nat,
  days: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 40 })),
  gateRefuses: fc.oneof({ weight: 15, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

/** Processes of a plan, from the strict to the hasty. */
export const processArbitrary = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('group'),
      needs: fc.integer({ min: 1, max: 2 }),
      deadlineSeconds: fc.constant(86_400),
    }),
    fc.constant({ kind: 'group', role: 'publisher', needs: 1 }),
    fc.record({
      kind: fc.constant('rule'),
      when: fc.constantFrom('true', 'answers.calls < 10', 'application.name == "web"'),
      verdict: fc.constantFrom('approve', 'ask'),
      otherwise: fc.constantFrom('ask', 'reject'),
    }),
  ),
  { minLength: 1, maxLength: 3 },
);

const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];
/** The more there is to say of a kind, the more often it is. */
const MOVED =
  'subscription subscription subscription version version approval approval credential application plan deployment deployment revision'.split(
    ' ',
  );
/** What ends much is rarer, so that courses go on. */
const ENDS: ReadonlySet<string> = new Set([
  'archive',
  'close',
  'revoke',
  'cancel',
  'unpublish',
  'suspend',
  'deprecate',
]);
const RARELY = 5;
const ofKind = ({ entities }: Snapshot, kind: string): readonly Entity[] =>
  [...entities.values()].filter((entity) => entity.kind === kind);

/** `focus`: names of moves that come up more often, because they are what is at stake. */
export async function take(world: World, step: Step, focus: readonly string[] = []): Promise<Done> {
  const before = await world.look();
  const by = pick(world.people, step.by);
  if (by === undefined) throw new Error('there is nobody');
  world.gate.refusesNext = step.gateRefuses;
  const { name, target, act } = deedOf(world, step, { before, ctx: world.as(by), focus });
  let error: ServiceError | undefined;
  try {
    await act();
  } catch (caught) {
    if (!(caught instanceof ServiceError)) throw caught;
    error = caught;
  }
  world.gate.refusesNext = false;
  return { step, by, name, target, error, before, after: await world.look(), again: act };
}

interface Deed {
  readonly name: string;
  readonly target: Entity | undefined;
  readonly act: () => Promise<unknown>;
}
interface Scene {
  readonly before: Snapshot;
  readonly focus: readonly string[];
  readonly ctx: ServiceContext;
}

function deedOf(world: World, step: Step, scene: Scene): Deed {
  const stake = step.what === 'move' && step.kind % 3 > 0 ? pick(scene.focus, step.event) : undefined;
  const created = CREATED.indexOf(stake?.replace('create ', '') ?? '');
  if (step.what === 'create' || created >= 0) return creation(created < 0 ? step : { ...step, kind: created }, scene);
  if (step.what === 'tick') {
    const act = async (): Promise<unknown> => {
      world.time.nowMs += step.days * DAY_MS;
      return tick(world.house);
    };
    return { name: 'tick', target: undefined, act };
  }
  if (step.what === 'patch' || stake === 'patch') {
    const target = pick(ofKind(scene.before, 'version'), step.target);
    const patch = { title: `changed ${step.event}`, spec: { upstream: pick(['up', 'next'], step.event) } };
    return on('patch', target, async ({ kind, id, revision }) =>
      changeEntity(scene.ctx, { kind, id, revision, patch }),
    );
  }
  if (step.what === 'remove') {
    const kind = pick(['team', 'application', 'api', 'plan', 'version'], step.kind) ?? '';
    const target = pick(ofKind(scene.before, kind), step.target);
    return on('remove', target, async ({ id, revision }) => removeEntity(scene.ctx, { kind, id, revision }));
  }
  return stake === undefined ? movement(step, scene) : focused(step, scene, stake);
}

/** One of those that are at stake, with something that it is for. */
function focused(step: Step, { before, ctx }: Scene, name: string): Deed {
  const move = MOVES.find(({ kind, event }) => name === `${kind}.${event}`);
  if (move === undefined) throw new Error(`there is no ${name}`);
  const fitting = ofKind(before, move.kind).filter(({ state }) => move.from.includes(state));
  return moved(move, pick(fitting, step.target), { step, before, ctx });
}

function movement(step: Step, scene: Scene): Deed {
  const target = pick(ofKind(scene.before, pick(MOVED, step.kind) ?? ''), step.target);
  const moves = MOVES.filter(
    ({ kind, from, event }) =>
      kind === target?.kind &&
      (step.what === 'any move' || from.includes(target.state)) &&
      (!ENDS.has(event) || step.event % RARELY === 0),
  );
  const move = pick(moves, step.event);
  if (move === undefined) return { name: 'nothing', target: undefined, act: async () => Promise.resolve() };
  return moved(move, target, { step, ...scene });
}

function moved(
  move: Move,
  target: Entity | undefined,
  { step, before, ctx }: { readonly step: Step; readonly before: Snapshot; readonly ctx: ServiceContext },
): Deed {
  const body = bodyOf(move.event, step, before);
  return on(`${move.kind}.${move.event}`, target, async ({ kind, id, revision }) =>
    moveEntity(ctx, { move, moves: MOVES }, { kind, id, body, revision }),
  );
}

function on(name: string, target: Entity | undefined, act: (target: Entity) => Promise<unknown>): Deed {
  return { name, target, act: async () => (target === undefined ? Promise.resolve() : act(target)) };
}

/** Something that fits the event, or nearly. */
function bodyOf(event: string, { days, target, by }: Step, before: Snapshot): object {
  const at = (more: number): string => new Date(before.nowMs + (days + more) * DAY_MS).toISOString();
  const because = { reason: 'for a test of it' };
  const bodies: Readonly<Record<string, object>> = {
    deprecate: { sunset: at(by % 2 === 0 ? 40 : 20), successor: 'https://example.com/next' },
    brownout: { windows: [{ from: at(0), to: at(1) }] },
    retire: { force: target % 2 === 0 },
    reject: because,
    'request-changes': because,
    revoke: because,
    'report-leak': because,
    'ask-info': { question: 'What for?' },
    answer: { answer: 'For this.' },
    'change-plan': { plan: pick(['auto', 'gold', 'legal'], target) },
    'offer-transfer': { application: pick(ofKind(before, 'application'), target + 1)?.id ?? '' },
    renew: { expiresAt: at(5) },
    restore: {},
    rotate: { overlapSeconds: days * 3600 },
    roll: { weight: 5 + (target % 90) },
  };
  return bodies[event] ?? {};
}

const CREATED = ['subscription', 'subscription', 'credential', 'application', 'revision', 'deployment', 'plan'];

function creation({ kind, target, event, days, by }: Step, { before, ctx }: Scene): Deed {
  const what = pick(CREATED, kind);
  const application = pick(ofKind(before, 'application'), target)?.id ?? '';
  const version = pick(ofKind(before, 'version'), target);
  const at = (more: number): string => new Date(before.nowMs + (days + more) * DAY_MS).toISOString();
  const plan = pick(['auto', 'gold', 'legal'], by);
  const subscription = {
    application,
    api: 'users',
    plan,
    answers: { calls: event % 20 },
    ...(event % 3 === 0 && { version: version?.name ?? '' }),
    ...(event % 4 === 0 && { startsAt: at(1) }),
    ...(event % 5 === 0 && { expiresAt: at(9) }),
  };
  const revision = pick(
    ofKind(before, 'revision').filter(({ parent }) => parent === version?.id),
    event,
  )?.id;
  const acts: Readonly<Record<string, () => Promise<unknown>>> = {
    subscription: async () => requestSubscription(ctx, subscription),
    credential: async () => issueCredential(ctx, { name: `key-${before.audits.length}`, application }),
    application: async () =>
      createEntity(ctx, {
        kind: 'application',
        input: { name: `app-${before.audits.length}`, team: ofKind(before, 'team')[0]?.id ?? '' },
      }),
    revision: async () => sealRevision(ctx, { version: version?.id ?? '' }),
    deployment: async () =>
      createDeployment(ctx, { version: version?.id ?? '', revision: revision ?? '', weight: days % 2 }),
    plan: async () =>
      createEntity(ctx, { kind: 'plan', input: { name: `plan-${before.audits.length}`, apis: ['users'], spec: {} } }),
  };
  return { name: `create ${what}`, target: undefined, act: acts[what ?? ''] ?? (async () => Promise.resolve()) };
}
