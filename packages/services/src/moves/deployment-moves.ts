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
import { DEFAULT_ENVIRONMENT, environmentsOf } from '../publishing/environments.ts';
import { requireBudgetLeft } from '../standards/budget-gate.ts';
import { deploy, deploymentsOf, newDeployment, revisionFor, stage } from './deploying.ts';
import { illegal, reason, refused, type Applied, type Move, type Moving } from './move.ts';

const only = Type.Object({ reason }, { additionalProperties: false });
/** In which a version is called, and so can have more than one deployment. */
const CALLED: ReadonlySet<string> = new Set(['published', 'deprecated', 'preview']);
/** In which it may be tried elsewhere. */
const TRIED: ReadonlySet<string> = new Set([...CALLED, 'approved']);

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
  {
    kind: 'deployment',
    event: 'withdraw',
    from: ['active'],
    to: 'removed',
    summary: 'Takes it out of an environment that is not `default`.',
    input: only,
    apply: async ({ own, entity }) => {
      if (entity.data['environment'] === DEFAULT_ENVIRONMENT)
        throw refused('callers in earnest have it: deploy another revision, or unpublish the version');
      own.touchGates();
      return Promise.resolve({ data: { ...entity.data, weight: 0 } });
    },
  },
];

async function promote(moving: AnyMoving): Promise<Applied> {
  const { ctx, own, entity } = moving;
  const environment = String(entity.data['environment']);
  const version = await versionFor(ctx, own, { id: entity.parent, environment });
  requireUnmanaged(version, 'promote');
  const revision = await revisionFor(own.sql, version, entity.data['revision']);
  if (environment === DEFAULT_ENVIRONMENT) {
    await deploy(moving, version, revision, entity);
    await own.update(version, { ...version, data: { ...version.data, deployed: revision.id } }, 'publish');
    own.touchGates();
  } else await stage(own, version, entity);
  return { data: { ...entity.data, weight: 100 } };
}

/** One that may be deployed there, in an environment that there is. */
async function versionFor(
  ctx: ServiceContext,
  own: Write,
  { id, environment }: { readonly id: string; readonly environment: string },
): Promise<Entity> {
  const version = await requireEntity(own.sql, ctx, { kind: 'version', id });
  if (environment === DEFAULT_ENVIRONMENT) {
    if (!CALLED.has(version.state)) throw illegal(version, 'be deployed, publish it first');
    return version;
  }
  const workspace = await findEntity(own.sql, { workspace: '', kind: 'workspace', id: version.workspace });
  const known = workspace === undefined ? [] : environmentsOf(workspace).map(({ name }) => name);
  if (!known.includes(environment)) {
    const names = [DEFAULT_ENVIRONMENT, ...known].join(', ');
    throw new ServiceError('admin.invalid', `/environment there is no ${environment} here: ${names}`);
  }
  if (!TRIED.has(version.state)) throw illegal(version, 'be deployed, have a revision approved first');
  return version;
}

/** A share of the calls can be sent elsewhere; it cannot be given other routes or policies than the rest. */
async function requireCanary(own: Write, deployment: Entity): Promise<void> {
  const { workspace, parent } = deployment;
  if (deployment.data['environment'] !== DEFAULT_ENVIRONMENT)
    throw refused('shares of calls are for the environment default; elsewhere, promote it');
  const version = await findEntity(own.sql, { workspace, kind: 'version', id: parent });
  if (version === undefined || !CALLED.has(version.state)) throw refused('its version is not called');
  requireUnmanaged(version, 'roll');
  const rolling = (await deploymentsOf(own.sql, version)).find(
    ({ id, state }) => state === 'rolling' && id !== deployment.id,
  );
  if (rolling !== undefined) throw refused('another deployment rolls already', { deployment: rolling.id });
  const find = async (id: unknown): Promise<Entity | undefined> =>
    findEntity(own.sql, { workspace, kind: 'revision', id: String(id) });
  const [before, after] = [await find(version.data['deployed']), await find(deployment.data['revision'])];
  if (after !== undefined) await requireBudgetLeft(own, version, after);
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
    environment: Type.Optional(
      Type.String({ pattern: '^[a-z][a-z0-9-]{0,31}$', description: 'One of the workspace; `default`, left out.' }),
    ),
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
    const environment = asked.environment ?? DEFAULT_ENVIRONMENT;
    const version = await versionFor(ctx, own, { id: asked.version, environment });
    await requireBelow(ctx, own, { kind, parent: version });
    requireUnmanaged(version, 'deploy');
    const revision = await revisionFor(own.sql, version, asked.revision);
    const facts = { revision: revision.id, weight, environment, state: 'pending' };
    const pending = await own.insert(newDeployment({ ctx, own }, version, facts), 'create');
    if (weight === 0) return entityView(kind, pending);
    const [event, state] = weight === 100 ? (['promote', 'active'] as const) : (['roll', 'rolling'] as const);
    const move = DEPLOYMENT_MOVES.find((each) => each.event === event);
    if (move?.apply === undefined) throw new ServiceError('admin.invalid', `there is no ${event}`);
    if (event === 'roll' && environment !== DEFAULT_ENVIRONMENT)
      throw refused('shares of calls are for the environment default; elsewhere, 0 or 100');
    const { data = pending.data } = await move.apply({ ctx, own, entity: pending, input: { weight } });
    return entityView(kind, await own.update(pending, { ...pending, state: state, data }, event));
  });
}
