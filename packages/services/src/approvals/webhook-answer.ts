import { Type } from 'typebox';
import { listEntities } from '@gatehouse/store';
import { requireEntity } from '../entities/entity-verbs.ts';
import { entityView, type EntityView } from '../entities/entity-view.ts';
import { readInput } from '../entities/read-input.ts';
import { opened } from '../entities/sealed.ts';
import { write, type Written } from '../entities/write.ts';
import { kindOf } from '../kinds/kinds.ts';
import { illegal } from '../moves/move.ts';
import { isSigned, type Presented } from '../notifications/signature.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { approvalOf } from './approval.ts';
import { counted } from './course.ts';

export const WEBHOOK_ANSWER = Type.Object(
  {
    step: Type.Integer({ minimum: 0, description: 'As it was asked.' }),
    decision: Type.Enum(['approve', 'reject']),
    reason: Type.Optional(Type.String({ maxLength: 2000 })),
  },
  { additionalProperties: false },
);

export interface WebhookAnswer extends Presented {
  readonly id: string;
  readonly answer: unknown;
}

/** A program that a step asks answers; who it is, its signature says. It is never the last to agree. */
export async function answerByWebhook(ctx: ServiceContext, input: WebhookAnswer): Promise<Written<EntityView>> {
  const { step: at, decision, reason = null } = readInput(WEBHOOK_ANSWER, input.answer);
  return write(ctx, async (own) => {
    const entity = await requireEntity(own.sql, ctx, { kind: 'approval', id: input.id });
    const approval = approvalOf(entity);
    const step = approval.steps[approval.step];
    const name = step?.kind === 'webhook' ? step.webhook : undefined;
    const query = { workspace: ctx.workspace, kind: 'webhook', parent: '', name, limit: 1 };
    const [webhook] = name === undefined ? [] : await listEntities(own.sql, query);
    const clear = webhook && opened({ secret: webhook.data['secret'] }, ctx.cipher, webhook.id);
    const secret = typeof clear === 'object' && clear !== null && 'secret' in clear ? String(clear.secret) : '';
    if (webhook === undefined || !isSigned(secret, input, own.nowMs))
      throw new ServiceError('admin.unauthenticated', 'it is not signed by the webhook that is asked now');
    if (entity.state !== 'waiting' || at !== approval.step) throw illegal(entity, `be answered at step ${at}`);
    const vote = { by: webhook.id, who: 'webhook', decision, reason } as const;
    return entityView(kindOf('approval'), (await counted({ ctx, own }, entity, vote)).approval);
  });
}
