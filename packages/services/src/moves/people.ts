import type { Entity } from '@gatehouse/store';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';

/** Who had a hand in it: nobody approves what is their own. */
export function handsIn({ data }: Entity): ReadonlySet<string> {
  const { author, editors, requestedBy } = data;
  const all = [author, requestedBy, ...(Array.isArray(editors) ? editors : [])];
  return new Set(all.filter((each) => typeof each === 'string'));
}

/** Approver ≠ requester ≠ last editor; and a program decides nothing. */
export function requireOther(ctx: ServiceContext, entity: Entity): void {
  const { principal } = ctx;
  if (handsIn(entity).has(principal.id)) {
    throw new ServiceError('admin.forbidden', 'this is your own work, somebody else has to decide about it');
  }
  if (principal.kind !== 'user') {
    throw new ServiceError('admin.forbidden', 'a program cannot decide about this, a person has to');
  }
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
