import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import type { Meaning } from '@gatehouse/config';
import { findEntity, listEntities, type Entity } from '@gatehouse/store';
import { requireEntity } from '../entities/entity-verbs.ts';
import { readInput } from '../entities/read-input.ts';
import { rehearse, write, type Write, type Written } from '../entities/write.ts';
import { nameSchema } from '../kinds/kind.ts';
import { composedState } from '../publishing/compose-config.ts';
import type { Preview } from '../publishing/gate.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { desiredEntities } from './desired.ts';
import { managerOf, released } from './managed.ts';
import { asOnlooker } from './rights.ts';
import { handlerOf } from './handlers.ts';
import { hashOf, Reconciler, type OwnedEntry, type PlannedChange, type PlanProblem } from './reconcile.ts';

export const CONFIGURATION = Type.Object(
  {
    name: Type.Intersect([nameSchema], {
      description: 'Of the source, such as the file: what it owned before and does not name any more is taken away.',
    }),
    source: Type.Record(Type.String(), Type.Unknown(), {
      description: 'A gatehouse.yaml as JSON, variables put in; `***` stands for a secret that is kept.',
    }),
    documents: Type.Optional(
      Type.Record(Type.String({ maxLength: 1000 }), Type.String({ maxLength: 10_000_000 }), {
        description: 'What `openapi:` names → its text.',
      }),
    ),
    insteadOfFile: Type.Optional(
      Type.Boolean({
        description: 'Of a plan: in place of the file that the gate was started with, and not of what is stored.',
      }),
    ),
    takeOver: Type.Optional(Type.Boolean({ description: 'Whether what another source owns becomes its own.' })),
    plan: Type.Optional(
      Type.String({
        pattern: '^[0-9a-f]{64}$',
        description: 'Of the answer to a plan: only that is done, and nothing if anything has changed since then.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const PLAN_PERMISSION = 'configuration:export';
export const APPLY_PERMISSION = 'configuration:apply';

export interface ConfigPlan {
  readonly name: string;
  /** What `plan` of an apply takes. */
  readonly plan: string;
  readonly changes: readonly PlannedChange[];
  /** An apply is refused with any. */
  readonly problems: readonly PlanProblem[];
  /** What becomes of requests; left out where nothing does, or with problems. */
  readonly meaning?: Meaning;
}

interface Asked {
  readonly name: string;
  readonly source: Readonly<Record<string, unknown>>;
  readonly documents?: Readonly<Record<string, string>>;
  readonly insteadOfFile?: boolean;
  readonly takeOver?: boolean;
  readonly plan?: string;
}

/** What an apply of the same would do, and what that means for whoever calls. Nothing is changed. */
export async function planConfig(ctx: ServiceContext, input: unknown): Promise<ConfigPlan> {
  requireRight(ctx, PLAN_PERMISSION);
  const asked = readInput(CONFIGURATION, input);
  if (asked.insteadOfFile === true) return ofFile(ctx, asked);
  const mayApply = ctx.principal.refusal(APPLY_PERMISSION, ctx.workspace) === undefined;
  const planning = mayApply ? ctx : asOnlooker(ctx);
  const { result, preview } = await rehearse(ctx, async (own) => reconciled(planning, own, asked));
  return shown(asked.name, result, preview);
}

/** Whoever starts gates owns their file: it can be compared, and is changed where it is. */
async function ofFile({ gate }: ServiceContext, { name, source, documents = {} }: Asked): Promise<ConfigPlan> {
  // Their code would run here.
  if (Object.hasOwn(source, 'plugins'))
    throw new ServiceError(
      'admin.invalid',
      'a file with plugins can only be compared with another file: gatehouse diff OLD NEW',
    );
  const preview = await gate.previewFile({ text: JSON.stringify(source), documents });
  return shown(name, { plan: '', changes: [], problems: [] }, preview);
}

/** All of it, or nothing. */
export async function applyConfig(ctx: ServiceContext, input: unknown): Promise<Written<ConfigPlan>> {
  requireRight(ctx, APPLY_PERMISSION);
  const asked = readInput(CONFIGURATION, input);
  if (asked.insteadOfFile === true)
    throw new ServiceError('admin.invalid', 'the file that the gate was started with is changed where it is');
  return write(ctx, async (own) => {
    const result = await reconciled(ctx, own, asked);
    requirePossible(result.problems);
    if (asked.plan !== undefined && asked.plan !== result.plan) {
      throw new ServiceError('admin.stale', 'this is not what the plan was of, look at a new one', {
        plan: result.plan,
      });
    }
    return shown(asked.name, result, undefined);
  });
}

/** What is told of several problems. */
const WORST = ['admin.forbidden', 'admin.standards'] as const;

function requirePossible(problems: readonly PlanProblem[]): void {
  const [first] = problems;
  if (first === undefined) return;
  const worst = WORST.find((each) => problems.some(({ code }) => code === each)) ?? 'admin.invalid';
  const where = first.at === '' ? '' : `${first.at}: `;
  const more = problems.length === 1 ? '' : `, and ${problems.length - 1} more`;
  throw new ServiceError(worst, `${where}${first.message}${more}`, {
    problems,
  });
}

interface Reconciled {
  readonly plan: string;
  readonly changes: readonly PlannedChange[];
  readonly problems: readonly PlanProblem[];
}

async function reconciled(ctx: ServiceContext, own: Write, asked: Asked): Promise<Reconciled> {
  const { name, source, documents = {}, takeOver = false } = asked;
  const known = await sourceNamed(own, ctx.workspace, name);
  const before = await composedState(own.sql);
  const { entities, problems } = desiredEntities({ source, documents });
  const reconciler = new Reconciler({ ctx, own }, { source: name, owned: ownedBy(known), takeOver });
  await reconciler.run(entities);
  const { changes, entries } = reconciler;
  const all = [...problems, ...reconciler.problems];
  const seen = [known?.revision ?? 0, before, reconciler.seen, changes, all, source, documents];
  const plan = createHash('sha256').update(JSON.stringify(seen)).digest('hex');
  if (all.length === 0) await keep(ctx, own, { name, known, entries });
  return { plan, changes, problems: all };
}

async function sourceNamed(own: Write, workspace: string, name: string): Promise<Entity | undefined> {
  const [known] = await listEntities(own.sql, { workspace, kind: 'source', parent: '', name, limit: 1 });
  return known;
}

function ownedBy(source: Entity | undefined): readonly OwnedEntry[] {
  const entries = source?.data['entries'];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only `keep` writes it
  return Array.isArray(entries) ? (entries as OwnedEntry[]) : [];
}

interface Keeping {
  readonly name: string;
  readonly known: Entity | undefined;
  readonly entries: readonly OwnedEntry[];
}

async function keep(ctx: ServiceContext, own: Write, { name, known, entries }: Keeping): Promise<void> {
  const data = { entries, appliedBy: ctx.principal.id, appliedAt: new Date(own.nowMs).toISOString() };
  if (known !== undefined) {
    await own.update(known, { ...known, data }, 'apply');
    return;
  }
  await own.insert(
    {
      workspace: ctx.workspace,
      kind: 'source',
      id: own.newId('source'),
      parent: '',
      name,
      state: '',
      lookup: undefined,
      revision: 1,
      data,
      createdMs: own.nowMs,
      updatedMs: own.nowMs,
    },
    'apply',
  );
}

function shown(name: string, { plan, changes, problems }: Reconciled, preview: Preview | undefined): ConfigPlan {
  const ofGate = preview !== undefined && 'problems' in preview && problems.length === 0 ? preview.problems : [];
  const meaning = preview !== undefined && 'meaning' in preview ? preview.meaning : undefined;
  return {
    name,
    plan,
    changes,
    // What the gate is given has no lines that anybody has written.
    problems: [...problems, ...ofGate.map((text) => ({ at: '', message: text.replace(/^store:\d+:\d+: /, '') }))],
    ...(meaning !== undefined && problems.length === 0 && { meaning }),
  };
}

/** What has become of what a source owns since it was applied. */
export interface Drift {
  readonly kind: string;
  readonly id: string;
  readonly name?: string;
  readonly drift: 'changed' | 'gone';
}

export async function driftOf(
  ctx: ServiceContext,
  id: string,
): Promise<{ readonly name: string; readonly drift: readonly Drift[] }> {
  requireRight(ctx, 'sources:read');
  return ctx.database.read(async (sql) => {
    const source = await requireEntity(sql, ctx, { kind: 'source', id });
    const drift: Drift[] = [];
    for (const { kind, id: entry, hash } of ownedBy(source)) {
      const entity = await findEntity(sql, { workspace: ctx.workspace, kind, id: entry });
      if (entity === undefined) drift.push({ kind, id: entry, drift: 'gone' });
      // Another source has taken it over.
      else if (managerOf(entity) !== source.name) continue;
      else if (hashOf(entity, handlerOf(kind)) !== hash)
        drift.push({ kind, id: entry, name: entity.name, drift: 'changed' });
    }
    return { name: source.name, drift };
  });
}

/** What a source owned stays as it is and belongs to nobody; the source is forgotten. */
export async function releaseSource(ctx: ServiceContext, id: string): Promise<Written<{ readonly released: number }>> {
  requireRight(ctx, APPLY_PERMISSION);
  return write(ctx, async (own) => {
    const source = await requireEntity(own.sql, ctx, { kind: 'source', id });
    let count = 0;
    for (const { kind, id: entry } of ownedBy(source)) {
      const entity = await findEntity(own.sql, { workspace: ctx.workspace, kind, id: entry });
      if (entity?.data['managedBy'] !== source.name) continue;
      await own.update(entity, released(entity), 'release');
      count++;
    }
    await own.remove(source);
    return { released: count };
  });
}

export function requireRight(ctx: ServiceContext, permission: string): void {
  const refusal = ctx.principal.refusal(permission, ctx.workspace);
  if (refusal !== undefined) throw new ServiceError('admin.forbidden', refusal, { permission });
}
