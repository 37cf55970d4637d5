import { newKey, sha256Hex } from '@gatehouse/kernel';
import { Type } from 'typebox';
import type { EntityView } from '../entities/entity-view.ts';
import { entityView } from '../entities/entity-view.ts';
import { newEntity, requireEntity } from '../entities/entity-verbs.ts';
import { requireSomewhere } from '../entities/permission-on.ts';
import { write, type Written } from '../entities/write.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { ServiceContext } from '../service-context.ts';
import { illegal, reason, refused, type Move } from './move.ts';

const OVERLAP_SECONDS_MAX = 90 * 86_400;
const OVERLAP_SECONDS = 86_400;
/** So much of a key is shown for good, so that people know which one it is. */
const SHOWN_CHARS = 9;

export const CREDENTIAL_MOVES: readonly Move[] = [
  {
    kind: 'credential',
    event: 'rotate',
    from: ['active'],
    to: 'rotating',
    permission: 'update',
    summary: 'Makes a new key beside it, shown once in this reply; the old one is good for the overlap.',
    input: Type.Object(
      {
        overlapSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: OVERLAP_SECONDS_MAX })),
        name: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' })),
        reason,
      },
      { additionalProperties: false },
    ),
    apply: async ({ ctx, own, entity, input }) => {
      const key = newKey();
      const overlapMs = Number(input['overlapSeconds'] ?? OVERLAP_SECONDS) * 1000;
      const retiresAt = new Date(own.nowMs + overlapMs).toISOString();
      const id = own.newId('credential');
      const name = typeof input['name'] === 'string' ? input['name'] : `${entity.name.slice(0, 40)}-${id.slice(-6)}`;
      const application = await requireEntity(own.sql, ctx, { kind: 'application', id: entity.parent });
      if (application.state === 'archived') throw illegal(application, 'get a credential');
      const { retiresAt: _old, ...data } = entity.data;
      const next = await own.insert(
        {
          ...entity,
          id,
          name,
          state: 'active',
          lookup: sha256Hex(key),
          revision: 1,
          data: { ...data, shown: key.slice(0, SHOWN_CHARS), createdBy: ctx.principal.id },
          createdMs: own.nowMs,
          updatedMs: own.nowMs,
        },
        'issue',
      );
      return { data: { ...entity.data, retiresAt }, shown: { next: { id: next.id, name, key } } };
    },
  },
  {
    kind: 'credential',
    event: 'revoke',
    from: ['active', 'rotating'],
    to: 'revoked',
    permission: 'revoke',
    summary: 'Ends it for good; answers when no gate lets it pass any more.',
    input: Type.Object({ reason }, { additionalProperties: false }),
  },
  {
    kind: 'credential',
    event: 'report-leak',
    from: ['active', 'rotating'],
    to: 'leaked',
    permission: 'revoke',
    summary: 'Somebody else has seen it: it ends for good, and everybody whom it concerns is told.',
    input: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 2000 }) }, { additionalProperties: false }),
  },
];

/** A key of an application: shown in this reply and never again. */
export async function issueCredential(ctx: ServiceContext, input: unknown): Promise<Written<EntityView>> {
  const kind = kindOf('credential');
  requireSomewhere(ctx, kind, 'create');
  return write(ctx, async (own) => {
    const key = newKey();
    const facts = { shown: key.slice(0, SHOWN_CHARS), createdBy: ctx.principal.id };
    const entity = await newEntity(ctx, own, { kind, input, facts });
    const application = await requireEntity(own.sql, ctx, { kind: 'application', id: entity.parent });
    if (application.state !== 'active') throw illegal(application, 'get a credential');
    const expiresAt = entity.data['expiresAt'];
    if (typeof expiresAt === 'string' && Date.parse(expiresAt) <= own.nowMs)
      throw refused('it would have expired already');
    return { ...entityView(kind, await own.insert({ ...entity, lookup: sha256Hex(key) }, 'issue')), key };
  });
}
