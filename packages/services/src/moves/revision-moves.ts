import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import { findEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';
import { kindOf } from '../kinds/kinds.ts';
import { entityView, type EntityView } from '../entities/entity-view.ts';
import { requireEntity, requirePermission } from '../entities/entity-verbs.ts';
import { masked } from '../entities/sealed.ts';
import { readInput } from '../entities/read-input.ts';
import { write, type Write, type Written } from '../entities/write.ts';
import { describedOperations } from '../importing/described-operations.ts';
import { publishGates } from '../standards/publish-gates.ts';
import type { ServiceContext } from '../service-context.ts';
import { illegal, reason, type Move, type Moving } from './move.ts';
import { listOf, requireOther } from './people.ts';

export const REVISION_MOVES: readonly Move[] = [
  {
    kind: 'revision',
    event: 'approve',
    from: ['sealed'],
    to: 'approved',
    permission: 'approve',
    summary: 'A second person agrees with it; nobody approves what is their own.',
    input: Type.Object({ reason }, { additionalProperties: false }),
    apply: async (moving) => review(moving, 'approved', 'approved'),
  },
  {
    kind: 'revision',
    event: 'request-changes',
    from: ['sealed'],
    to: 'rejected',
    permission: 'approve',
    summary: 'It goes back to who wrote it.',
    input: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 2000 }) }, { additionalProperties: false }),
    apply: async (moving) => review(moving, 'changes requested', 'changes_requested'),
  },
];

/** In which a version takes its first revisions; later ones do not change what it is to callers. */
const BEFORE_PUBLISHING: ReadonlySet<string> = new Set(['draft', 'changes_requested', 'in_review', 'approved']);

async function review(
  { ctx, own, entity, input }: Moving<Readonly<Record<string, unknown>>>,
  decision: string,
  state: string,
): Promise<{ data: Entity['data'] }> {
  requireOther(ctx, entity);
  const version = await requireEntity(own.sql, ctx, { kind: 'version', id: entity.parent });
  if (BEFORE_PUBLISHING.has(version.state))
    await own.update(version, { ...version, state }, decision.replace(' ', '-'));
  const at = new Date(own.nowMs).toISOString();
  const why = input['reason'] ?? null;
  const reviews = [...listOf(entity.data['reviews']), { by: ctx.principal.id, at, decision, reason: why }];
  return { data: { ...entity.data, reviews } };
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
  requirePermission(ctx, kind, 'create');
  const { version: id } = readInput(SEAL, input);
  return write(ctx, async (own) => {
    const version = await requireEntity(own.sql, ctx, { kind: 'version', id });
    if (!SEALABLE.has(version.state)) throw illegal(version, 'be sealed');
    const verdicts = await publishGates(own, version);
    const revision = await own.insert(await sealedRevision(own, version, verdicts), 'seal');
    const first = version.state === 'draft' || version.state === 'changes_requested';
    if (first) await own.update(version, { ...version, state: 'in_review' }, 'submit');
    return entityView(kind, revision);
  });
}

async function sealedRevision(own: Write, version: Entity, verdicts: Entity['data']): Promise<Entity> {
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

export async function deployedRevision(sql: Statements, { workspace, data }: Entity): Promise<Entity | undefined> {
  const { deployed } = data;
  return typeof deployed === 'string' ? findEntity(sql, { workspace, kind: 'revision', id: deployed }) : undefined;
}
