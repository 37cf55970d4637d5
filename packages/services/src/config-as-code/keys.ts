import { findEntity, lookUpEntity, type Entity } from '@gatehouse/store';
import { ServiceError } from '../service-error.ts';
import type { Handling } from './handlers.ts';
import { managerOf } from './managed.ts';
import type { Desired } from './reading.ts';

const LIVE: ReadonlySet<string> = new Set(['active', 'rotating']);

/** A key is one credential's in all of the house, so whose it was has to let go of it before another gets it. */
export interface KeyMoves {
  /** Ids of credentials that the file does not name any more. */
  readonly gone: ReadonlySet<string>;
  /** Those that get another key. */
  readonly rekeyed: readonly Entity[];
}

/** What of a source's credentials (`ids`) holds keys that its file gives to others. */
export async function keyMoves(
  { ctx: { workspace }, own }: Handling,
  {
    ids,
    source,
    desired,
  }: { readonly ids: readonly string[]; readonly source: string; readonly desired: readonly Desired[] },
): Promise<KeyMoves> {
  const wanted = new Map<string, string>();
  for (const { kind, parent = '', name, lookup } of desired)
    if (kind === 'credential' && lookup !== undefined) wanted.set(JSON.stringify([parent, name]), lookup);
  const given = new Set(wanted.values());
  const gone = new Set<string>();
  const rekeyed: Entity[] = [];
  for (const id of ids) {
    const entity = await findEntity(own.sql, { workspace, kind: 'credential', id });
    if (entity?.lookup === undefined || managerOf(entity) !== source || !LIVE.has(entity.state)) continue;
    if (!given.has(entity.lookup)) continue;
    const application = await findEntity(own.sql, { workspace, kind: 'application', id: entity.parent });
    const mine = wanted.get(JSON.stringify([application?.name ?? '', entity.name]));
    if (mine === undefined) gone.add(id);
    else if (mine !== entity.lookup) rekeyed.push(entity);
  }
  return { gone, rekeyed };
}

/** One that was revoked keeps its key, so that nobody brings it back. */
export async function requireFreeKey(
  { own }: Handling,
  { lookup }: Desired,
  present: Entity | undefined,
): Promise<void> {
  if (lookup === undefined || lookup === present?.lookup) return;
  const holder = await lookUpEntity(own.sql, 'credential', lookup);
  if (holder !== undefined && holder.id !== present?.id)
    throw new ServiceError('admin.conflict', 'the key is that of another credential already, or was: make a new one');
}
