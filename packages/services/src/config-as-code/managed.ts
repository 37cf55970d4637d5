import type { Entity } from '@gatehouse/store';
import { ServiceError } from '../service-error.ts';

/** The name of the source, such as a file, that an entity is managed by; undefined: by people. */
export function managerOf({ data }: Pick<Entity, 'data'>): string | undefined {
  const { managedBy } = data;
  return typeof managedBy === 'string' ? managedBy : undefined;
}

/** What people may do all the same: what stops calls, and what lets them again. The next apply does not undo it. */
const IN_EMERGENCIES: ReadonlySet<string> = new Set([
  'version.suspend',
  'version.resume',
  'application.suspend',
  'application.resume',
  'credential.revoke',
  'credential.report-leak',
  'subscription.pause',
  'subscription.resume',
  'subscription.stop',
  'subscription.start',
  'subscription.revoke',
  'subscription.cancel',
]);

/** What a source owns is changed there and nowhere else. `event`: what somebody wants to do with it. */
export function requireUnmanaged(entity: Entity, event: string): void {
  const source = managerOf(entity);
  if (source === undefined || IN_EMERGENCIES.has(`${entity.kind}.${event}`)) return;
  const detail = `${source} owns it: change it there and apply that, or release it`;
  throw new ServiceError('admin.managed', detail, { managedBy: source });
}

/** It belongs to nobody any more. */
export function released(entity: Entity): Entity {
  const { managedBy: _managedBy, ...data } = entity.data;
  return { ...entity, data };
}
