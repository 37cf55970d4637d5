import { listEntities } from '@gatehouse/store';
import { entityView, type EntityView } from '../entities/entity-view.ts';
import { requireEntity } from '../entities/entity-verbs.ts';
import { write, type Written } from '../entities/write.ts';
import { kindOf } from '../kinds/kinds.ts';
import { illegal } from '../moves/move.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';

const SHOWN_MAX = 1000;

/** One's own personal tokens, with when each was last used; those that time has ended are `expired`. */
export async function listOwnTokens(ctx: ServiceContext): Promise<readonly EntityView[]> {
  const query = { workspace: '', kind: 'token', parent: ctx.principal.id, limit: SHOWN_MAX };
  const tokens = await ctx.database.read(async (sql) => listEntities(sql, query));
  return tokens.map((token) => {
    const { expiresAt } = token.data;
    const isOver = typeof expiresAt === 'string' && Date.parse(expiresAt) <= ctx.clock.now();
    return entityView(kindOf('token'), isOver && token.state === 'active' ? { ...token, state: 'expired' } : token);
  });
}

/** Ends one of one's own for good. A token ends itself and no other. */
export async function revokeOwnToken(ctx: ServiceContext, id: string): Promise<Written<EntityView>> {
  const { via, id: user } = ctx.principal;
  return write(ctx, async (own) => {
    const token = await requireEntity(own.sql, ctx, { kind: 'token', id });
    if (token.parent !== user) throw new ServiceError('admin.not_found', `there is no token ${id} here`);
    if (via?.kind === 'token' && via.id !== id)
      throw new ServiceError('admin.forbidden', 'a token ends itself and no other, sign in for that');
    if (token.state !== 'active') throw illegal(token, 'revoke');
    return entityView(kindOf('token'), await own.update(token, { ...token, state: 'revoked' }, 'revoke'));
  });
}
