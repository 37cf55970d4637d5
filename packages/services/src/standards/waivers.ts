import { entityView, type EntityView } from '../entities/entity-view.ts';
import { newEntity } from '../entities/entity-verbs.ts';
import { requireSomewhere } from '../entities/permission-on.ts';
import { write, type Written } from '../entities/write.ts';
import { kindOf } from '../kinds/kinds.ts';
import { openApproval } from '../approvals/course.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';

/** Asks that findings of a version be put up with until a day: two other people decide. */
export async function requestWaiver(ctx: ServiceContext, input: unknown): Promise<Written<EntityView>> {
  const kind = kindOf('waiver');
  requireSomewhere(ctx, kind, 'create');
  return write(ctx, async (own) => {
    const named = typeof input === 'object' && input !== null ? { name: 'waiver', ...input } : input;
    const asked = await newEntity(ctx, own, {
      kind,
      input: named,
      facts: { requestedBy: ctx.principal.id, approvals: [] },
    });
    if (Date.parse(String(asked.data['expiresAt'])) <= own.nowMs) {
      throw new ServiceError('admin.invalid', 'expiresAt: a waiver ends in the future');
    }
    const waiver = await own.insert({ ...asked, name: asked.id }, 'request');
    const { subject } = await openApproval({ ctx, own }, { matter: 'waiver.request', subject: waiver });
    return entityView(kind, subject);
  });
}
