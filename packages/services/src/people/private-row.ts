import { deleteEntity, insertEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';
import { orderedId } from '../ordered-id.ts';

/**
 * What is kept of people and is nobody's to read: hashes of passwords, sessions, tickets, counts of failures. No kind of
 * its own, so no route, view or audit entry can show it by accident.
 */
export type PrivateKind = 'password' | 'session' | 'ticket' | 'throttle' | 'factor' | 'passkey' | 'identity';

export interface PrivateFacts {
  readonly kind: PrivateKind;
  /** The id of the user. */
  readonly parent: string;
  readonly name?: string;
  /** What it is found by, a hash where it is secret. */
  readonly lookup?: string;
  readonly data: Entity['data'];
  readonly nowMs: number;
}

export async function insertPrivate(sql: Statements, facts: PrivateFacts): Promise<Entity> {
  const { kind, parent, lookup, data, nowMs } = facts;
  const id = `${kind}_${orderedId(nowMs)}`;
  const { name = id } = facts;
  const base = { workspace: '', state: '', revision: 1, createdMs: nowMs, updatedMs: nowMs };
  const row: Entity = { ...base, kind, id, parent, name, lookup, data };
  await insertEntity(sql, row);
  return row;
}

const PIECES = 500;

/** Those of a user, or of nobody in particular. */
export async function privateRows(sql: Statements, kind: PrivateKind, parent: string): Promise<readonly Entity[]> {
  return listEntities(sql, { workspace: '', kind, parent, limit: PIECES });
}

export async function findPrivate(
  sql: Statements,
  { kind, parent, name }: Pick<PrivateFacts, 'kind' | 'parent'> & { readonly name: string },
): Promise<Entity | undefined> {
  const [found] = await listEntities(sql, { workspace: '', kind, parent, name, limit: 1 });
  return found;
}

export async function removePrivate(
  sql: Statements,
  { kind, parent, except }: Pick<PrivateFacts, 'kind' | 'parent'> & { readonly except?: string | undefined },
): Promise<void> {
  while (true) {
    const rows = await privateRows(sql, kind, parent);
    const gone = rows.filter(({ id }) => id !== except);
    for (const row of gone) await deleteEntity(sql, row);
    if (gone.length < PIECES - 1) return;
  }
}

/** Rows are made in the order of time: forgets the oldest that are over, some at each call. */
export async function forgetOver(sql: Statements, kind: PrivateKind, isOver: (row: Entity) => boolean): Promise<void> {
  const oldest = await listEntities(sql, { workspace: '', kind, limit: 20 });
  for (const row of oldest.filter(isOver)) await deleteEntity(sql, row);
}
