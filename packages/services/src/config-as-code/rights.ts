import type { Entity } from '@gatehouse/store';
import { requirePermissionOn } from '../entities/permission-on.ts';
import type { ServiceContext } from '../service-context.ts';
import type { Handling } from './handlers.ts';

/** What an apply does with an entity; the last two are what becomes of those that a file does not name any more. */
export type Deed = 'create' | 'update' | 'deleted' | 'released';

type Verbs = Readonly<Record<Deed, readonly string[]>>;

const PLAIN: Verbs = { create: ['create'], update: ['update'], deleted: ['delete'], released: [] };

/** Where people have other verbs for it. What is released without a word here stays as it is. */
const VERBS: Readonly<Record<string, Verbs>> = {
  version: { ...PLAIN, create: ['create', 'publish'], update: ['update', 'publish'], released: ['publish'] },
  plan: { ...PLAIN, create: ['create', 'publish'], released: ['publish'] },
  credential: { ...PLAIN, deleted: ['revoke'] },
  subscription: { ...PLAIN, deleted: ['update'] },
};

/** Nobody does by a file what they could not do by hand. `besides`: verbs that it takes in this case. */
export async function requireRightTo(
  { ctx, own }: Handling,
  entity: Entity,
  { deed, besides = [] }: { readonly deed: Deed; readonly besides?: readonly string[] },
): Promise<void> {
  const verbs = VERBS[entity.kind] ?? PLAIN;
  for (const verb of [...verbs[deed], ...besides]) await requirePermissionOn(ctx, own.sql, { entity, verb });
}

/** Whoever only looks at what a file would do is shown all of it: none of that is kept. */
export function asOnlooker(ctx: ServiceContext): ServiceContext {
  return { ...ctx, principal: { ...ctx.principal, refusal: () => undefined } };
}
