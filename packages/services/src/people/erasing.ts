import { deleteEntity, listEntities, shredSubjectKey, type Entity } from '@gatehouse/store';
import { Type } from 'typebox';
import { removePrivate, type PrivateKind } from './private-row.ts';
import { reason, refused, type Move } from '../moves/move.ts';

const MANY = 100_000;

const PRIVATE: readonly PrivateKind[] = ['session', 'password', 'ticket', 'factor', 'passkey', 'identity'];

/** What the house knows of a person goes, for good; that somebody has done what it did stays. */
export const ERASE: Move = {
  kind: 'user',
  event: 'erase',
  from: [''],
  permission: 'erase',
  summary:
    'Forgets a person: name, address and whatever audits hold of them cannot be read any more; it can never sign in again. Chains of the audit stay whole.',
  input: Type.Object({ reason }, { additionalProperties: false }),
  apply: async ({ ctx, own, entity, input }) => {
    if (entity.id === ctx.principal.id) throw refused('somebody else has to erase you');
    if (entity.data['erased'] === true) throw refused('it is erased already');
    for (const token of await childrenOf(own, entity, 'token')) {
      if (token.state === 'active') await own.update(token, { ...token, state: 'revoked' }, 'revoke');
    }
    for (const note of await childrenOf(own, entity, 'notification')) await deleteEntity(own.sql, note);
    const why = typeof input['reason'] === 'string' ? input['reason'] : undefined;
    const name = `erased-${entity.id.slice(-12)}@erased.invalid`;
    const moved = await own.update(entity, { ...entity, name, data: { disabled: true, erased: true } }, 'erase', why);
    for (const kind of PRIVATE) await removePrivate(own.sql, { kind, parent: entity.id });
    await shredSubjectKey(own.sql, entity.id);
    return { moved };
  },
};

async function childrenOf(
  own: Parameters<NonNullable<Move['apply']>>[0]['own'],
  { id }: Entity,
  kind: string,
): Promise<readonly Entity[]> {
  return listEntities(own.sql, { workspace: '', kind, parent: id, limit: MANY });
}
