import { isDeepStrictEqual } from 'node:util';
import { Type } from 'typebox';
import { findEntity, type Entity } from '@gatehouse/store';
import { requireUnmanaged } from '../config-as-code/managed.ts';
import { requireEntity } from '../entities/entity-verbs.ts';
import { requireBelow, requireSomewhere } from '../entities/permission-on.ts';
import { entityView, type EntityView } from '../entities/entity-view.ts';
import { readInput } from '../entities/read-input.ts';
import { masked } from '../entities/sealed.ts';
import { write, type Write, type Written } from '../entities/write.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { deploy, deploymentsOf, newDeployment, revisionFor } from './deploying.ts';
import { illegal, reason, refused, type Applied, type Move, type Moving } from './move.ts';

const only = Type.Object({ reason }, { additionalProperties: false });
/** In which a version is called, and so can have more than one deployment. */
const CALLED: ReadonlySet<string> = new Set(['published', 'deprecated', 'preview']);
/** This gate's own; what is for others is kept and not served here. */
const HERE = 'default';

type AnyMoving = Moving<Readonly<Record<string, unknown>>>;

export const DEPLOYMENT_MOVES: readonly Move[] = [
  {
    kind: 'deployment',
    event: 'roll',
    from: ['pending', 'rolling'],
    to: 'rolling',
    summary: 'Sends it a share of the calls: always the same applications.',
    input: Type.Object({ weight: Type.Integer({ minimum: 1, maximum: 99 }), reason }, { additionalProperties: false }),
    apply: async ({ own, entity, input }) => {
      await requireCanary(own, entity);
      own.touchGates();
      return { data: { ...entity.data, weight: input['weight'] } };
    },
  },
  {
    kind: 'deployment',
    event: 'promote',
    from: ['pending', 'rolling'],
    to: 'active',
    summary: 'Sends it all calls; the one before drains.',
    input: only,
    apply: promote,
  },
  {
    kind: 'deployment',
    event: 'roll-back',
    from: ['pending', 'rolling'],
    to: 'rolled_back',
    summary: 'Sends it no calls any more. To go back behind an active one, deploy an older revision.',
    input: only,
    apply: async ({ own, entity }) => {
      own.touchGates();
      return Promise.resolve({ data: { ...entity.data, weight: 0 } });
    },
  },
];

async function promote(moving: AnyMoving): Promise<Applied> {
  const { ctx, own, entity } = moving;
  const version = await calledVersion(ctx, own, entity.parent);
  requireUnmanaged(version, 'promote');
  const revision = await revisionFor(own.sql, version, entity.data['revision']);
  if (entity.data['environment'] === HERE) {
    await deploy(moving, version, revision, entity);
    await own.update(version, { ...version, data: { ...version.data, deployed: revision.id } }, 'publish');
    own.touchGates();
  }
  return { data: { ...entity.data, weight: 100 } };
}

async function calledVersion(ctx: ServiceContext, own: Write, id: string): Promise<Entity> {
  const version = await requireEntity(own.sql, ctx, { kind: 'version', id });
  if (!CALLED.has(version.state)) throw illegal(version, 'be deployed, publish it first');
  return version;
}

/** A share of the calls can be sent elsewhere; it cannot be given other routes or policies than the rest. */
async function requireCanary(own: Write, deployment: Entity): Promise<void> {
  const { workspace, parent } = deployment;
  const version = await findEntity(own.sql, { workspace, kind: 'version', id: parent });
  if (version === undefined || !CALLED.has(version.state)) throw refused('its version is not called');
  requireUnmanaged(version, 'roll');
  const rolling = (await deploymentsOf(own.sql, version)).find(
    ({ id, state }) => state === 'rolling' && id !== deployment.id,
  );
  if (rolling !== undefined) throw refused('another deployment rolls already', { deployment: rolling.id });
  if (deployment.data['environment'] !== HERE) return;
  const find = async (id: unknown): Promise<Entity | undefined> =>
    findEntity(own.sql, { workspace, kind: 'revision', id: String(id) });
  const [before, after] = [await find(version.data['deployed']), await find(deployment.data['revision'])];
  const [old, next] = [partsOf(before), partsOf(after)];
  if (typeof next.upstream !== 'string' || next.upstream === old.upstream)
    throw refused('a canary goes to another upstream than the rest, by its name; promote it instead');
  if (!isDeepStrictEqual(old.rest, next.rest))
    throw refused('a canary may differ in its upstream only: for other routes or policies, promote it');
}

function partsOf(revision: Entity | undefined): { readonly upstream: unknown; readonly rest: unknown } {
  const spec = masked(revision?.data['spec'] ?? {});
  const { upstream, ...rest } =
    typeof spec === 'object' && spec !== null ? Object.fromEntries(Object.entries(spec)) : {};
  return { upstream, rest: { ...rest, document: revision?.data['document'] } };
}

export const DEPLOY = Type.Object(
  {
    version: Type.String({ maxLength: 64 }),
    revision: Type.String({ maxLength: 64, description: 'One of its revisions that is approved, or was deployed.' }),
    environment: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9-]{0,31}$', description: 'Where; `default`.' })),
    weight: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 100, description: 'Percent of its calls; 0 waits, 100 is all at once.' }),
    ),
  },
  { additionalProperties: false },
);

/** Of a version that is called: waits, or takes a share or all of the calls, as its weight says. */
export async function createDeployment(ctx: ServiceContext, input: unknown): Promise<Written<EntityView>> {
  const kind = kindOf('deployment');
  requireSomewhere(ctx, kind, 'create');
  const asked = readInput(DEPLOY, input);
  const weight = asked.weight ?? 0;
  return write(ctx, async (own) => {
    const version = await calledVersion(ctx, own, asked.version);
    await requireBelow(ctx, own, { kind, parent: version });
    requireUnmanaged(version, 'deploy');
    const revision = await revisionFor(own.sql, version, asked.revision);
    const environment = asked.environment ?? HERE;
    const facts = { revision: revision.id, weight, environment, state: 'pending' };
    const pending = await own.insert(newDeployment({ ctx, own }, version, facts), 'create');
    if (weight === 0) return entityView(kind, pending);
    const [event, state] = weight === 100 ? (['promote', 'active'] as const) : (['roll', 'rolling'] as const);
    const move = DEPLOYMENT_MOVES.find((each) => each.event === event);
    if (move?.apply === undefined) throw new ServiceError('admin.invalid', `there is no ${event}`);
    const { data = pending.data } = await move.apply({ ctx, own, entity: pending, input: { weight } });
    return entityView(kind, await own.update(pending, { ...pending, state: state, data }, event));
  });
}
