import { Type } from 'typebox';
import { ServiceError } from '../service-error.ts';
import { endedMs, endEmergency } from '../people/emergencies.ts';
import type { DueRow } from '../clockwork/due.ts';
import { reason, type Move } from './move.ts';

const DAY_MS = 86_400_000;

export const EMERGENCY_MOVES: readonly Move[] = [
  {
    kind: 'emergency',
    event: 'end',
    from: ['open'],
    permission: 'review',
    summary: 'Takes away at once what somebody has taken for an emergency.',
    input: Type.Object({ reason }, { additionalProperties: false }),
    apply: async ({ own, entity }) => ({ moved: await endEmergency(own, entity) }),
  },
  {
    kind: 'emergency',
    event: 'review',
    from: ['ended'],
    to: 'reviewed',
    summary: 'Somebody else says whether what was done was right.',
    input: Type.Object(
      {
        verdict: Type.Enum(['justified', 'unjustified']),
        note: Type.String({ minLength: 1, maxLength: 10_000, description: 'What was done, and what follows.' }),
      },
      { additionalProperties: false },
    ),
    apply: async ({ ctx, own, entity, input }) => {
      const { principal } = ctx;
      if (principal.kind !== 'user' || principal.id === entity.parent)
        throw new ServiceError('admin.forbidden', 'somebody else has to review it, and no program');
      const at = new Date(own.nowMs).toISOString();
      const review = { by: principal.id, at, verdict: input['verdict'], note: input['note'] };
      return Promise.resolve({ data: { ...entity.data, review } });
    },
  },
];

/** What time does: it ends, and whoever has to review it is told again each day. */
export const EMERGENCY_DUE: readonly DueRow[] = [
  {
    kind: 'emergency',
    state: 'open',
    isDue: ({ data }, nowMs) => Date.parse(String(data['until'])) <= nowMs,
    happen: async ({ own }, entity) => endEmergency(own, entity),
  },
  {
    kind: 'emergency',
    state: 'ended',
    isDue: (entity, nowMs) => {
      const { remindedAt } = entity.data;
      const lastMs = typeof remindedAt === 'string' ? Date.parse(remindedAt) : endedMs(entity);
      return nowMs - lastMs >= DAY_MS;
    },
    happen: async ({ own }, entity) => {
      const data = { ...entity.data, remindedAt: new Date(own.nowMs).toISOString() };
      return own.update(entity, { ...entity, data }, 'remind');
    },
  },
];
