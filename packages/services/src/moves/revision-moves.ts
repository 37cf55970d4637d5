import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import { listEntities, type Entity, type Statements } from '@gatehouse/store';
import { kindOf } from '../kinds/kinds.ts';
import { entityView, type EntityView } from '../entities/entity-view.ts';
import { requireEntity } from '../entities/entity-verbs.ts';
import { requireBelow, requireSomewhere } from '../entities/permission-on.ts';
import { masked } from '../entities/sealed.ts';
import { readInput } from '../entities/read-input.ts';
import { write, type Write, type Written } from '../entities/write.ts';
import { describedOperations } from '../importing/described-operations.ts';
import { publishGates } from '../standards/publish-gates.ts';
import type { ServiceContext } from '../service-context.ts';
import { decide, openApproval, openFor } from '../approvals/course.ts';
import { requireUnmanaged } from '../config-as-code/managed.ts';
import { illegal, reason, type Applied, type Move, type Moving } from './move.ts';

export const REVISION_MOVES: readonly Move[] = [
  {
    kind: 'revision',
    event: 'approve',
    from: ['sealed'],
    permission: 'approve',
    summary: 'A second person agrees with it; nobody approves what is their own.',
    input: Type.Object({ reason }, { additionalProperties: false }),
    apply: async (moving) => review(moving, 'approve'),
  },
  {
    kind: 'revision',
    event: 'request-changes',
    from: ['sealed'],
    permission: 'approve',
    summary: 'It goes back to who wrote it.',
    input: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 2000 }) }, { additionalProperties: false }),
    apply: async (moving) => review(moving, 'reject'),
  },
];

/** At the step that is asked; the last one decides. */
async function review(
  moving: Moving<Readonly<Record<string, unknown>>>,
  decision: 'approve' | 'reject',
): Promise<Applied> {
  const { own, entity, input } = moving;
  const open = await openFor(own.sql, entity, 'revision.review');
  const approval = open ?? (await openApproval(moving, { matter: 'revision.review', subject: entity })).approval;
  const why = typeof input['reason'] === 'string' ? input['reason'] : undefined;
  const settled = await decide(moving, approval, { decision, reason: why });
  return { moved: settled.subject, shown: { approval: settled.approval.id } };
}

export const SEAL = Type.Object({ version: Type.String({ maxLength: 64 }), reason }, { additionalProperties: false });
const SEALABLE: ReadonlySet<string> = new Set([
  'draft',
  'changes_requested',
  'in_review',
  'approved',
  'preview',
  'published',
  'deprecated',
]);

/** What the version is now becomes a revision that never changes, and is there to be reviewed. Standards are kept here. */
export async function sealRevision(ctx: ServiceContext, input: unknown): Promise<Written<EntityView>> {
  const kind = kindOf('revision');
  requireSomewhere(ctx, kind, 'create');
  const { version: id } = readInput(SEAL, input);
  return write(ctx, async (own) => {
    const version = await requireEntity(own.sql, ctx, { kind: 'version', id });
    requireUnmanaged(version, 'seal');
    await requireBelow(ctx, own, { kind, parent: version });
    if (!SEALABLE.has(version.state)) throw illegal(version, 'be sealed');
    const verdicts = await publishGates({ ctx, own, version });
    const revision = await own.insert(await sealedRevision(own, version, verdicts), 'seal');
    const first = version.state === 'draft' || version.state === 'changes_requested';
    if (first) await own.update(version, { ...version, state: 'in_review' }, 'submit');
    const { subject } = await openApproval(
      { ctx, own },
      { matter: 'revision.review', subject: revision, facts: { ...verdicts, version: version.name } },
    );
    return entityView(kind, subject);
  });
}

export async function sealedRevision(own: Write, version: Entity, verdicts: Entity['data']): Promise<Entity> {
  const { spec, document, author, editors } = version.data;
  const number = (await revisionsOf(own.sql, version)).length + 1;
  const id = own.newId('revision');
  // Secrets are told apart by where they stand, not by what they are: the hash is shown.
  const hash = createHash('sha256')
    .update(JSON.stringify([masked(spec), document ?? null]))
    .digest('hex');
  const operations = describedOperations(document);
  const sealedAt = new Date(own.nowMs).toISOString();
  return {
    ...version,
    id,
    kind: 'revision',
    parent: version.id,
    name: String(number),
    state: 'sealed',
    lookup: undefined,
    revision: 1,
    data: {
      hash,
      spec,
      sealedFor: version.id,
      document,
      author,
      editors,
      reviews: [],
      sealedAt,
      ...operations,
      ...verdicts,
    },
    createdMs: own.nowMs,
    updatedMs: own.nowMs,
  };
}

export async function revisionsOf(sql: Statements, { workspace, id }: Entity): Promise<readonly Entity[]> {
  return listEntities(sql, { workspace, kind: 'revision', parent: id, limit: 100_000 });
}
