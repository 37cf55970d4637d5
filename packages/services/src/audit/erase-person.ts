import {
  deleteEntity,
  eraseSubjectKey,
  findEntity,
  listEntities,
  subjectKey,
  type Entity,
  type Statements,
} from '@gatehouse/store';
import { requirePermission } from '../entities/entity-verbs.ts';
import { write, type Write, type Written } from '../entities/write.ts';
import { kindOf } from '../kinds/kinds.ts';
import { removePrivate, type PrivateKind } from '../people/private-row.ts';
import { requireFresh } from '../people/sessions.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';

export interface Erased {
  readonly id: string;
  readonly erased: true;
}

const KEPT_APART: readonly PrivateKind[] = ['session', 'password', 'ticket', 'factor', 'passkey', 'identity'];
const PIECES = 500;

/**
 * Forgets a person: the user with all that is kept of it, and the key of what the audit says of it. Entries stay as they
 * were written, and so do their hashes; what they said of the person is readable for nobody, also in exports made before.
 */
export async function erasePerson(ctx: ServiceContext, id: string): Promise<Written<Erased>> {
  requirePermission(ctx, kindOf('user'), 'erase');
  requireFresh(ctx);
  return write(ctx, async (own) => {
    const user = await findEntity(own.sql, { workspace: '', kind: 'user', id });
    const isKnown = user !== undefined || (await subjectKey(own.sql, id)) !== undefined;
    if (!isKnown || !id.startsWith(`${kindOf('user').prefix}_`)) {
      throw new ServiceError('admin.not_found', `there is no user ${id} here, and the audit knows nothing of one`);
    }
    if (user !== undefined) await removeWhole(own, user);
    await own.note(nameless(id, own.nowMs), 'erase');
    await eraseSubjectKey(own.sql, { subject: id, atMs: own.nowMs });
    return { id, erased: true };
  });
}

async function removeWhole(own: Write, user: Entity): Promise<void> {
  for await (const token of childrenOf(own.sql, 'token', user.id)) await own.remove(token);
  for await (const notification of childrenOf(own.sql, 'notification', user.id))
    await deleteEntity(own.sql, notification);
  await own.remove(user);
  for (const kind of KEPT_APART) await removePrivate(own.sql, { kind, parent: user.id });
}

async function* childrenOf(sql: Statements, kind: string, parent: string): AsyncGenerator<Entity> {
  while (true) {
    const page = await listEntities(sql, { workspace: '', kind, parent, limit: PIECES });
    yield* page;
    if (page.length < PIECES) return;
  }
}

/** What events say of it from now on. */
function nameless(id: string, nowMs: number): Entity {
  const base = { workspace: '', kind: 'user', parent: '', state: '', lookup: undefined, revision: 1, data: {} };
  return { ...base, id, name: id, createdMs: nowMs, updatedMs: nowMs };
}
