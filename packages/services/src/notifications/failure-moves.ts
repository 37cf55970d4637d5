import { Type } from 'typebox';
import { addToOutbox } from '@gatehouse/store';
import { reason, type Move } from '../moves/move.ts';
import { orderedId } from '../ordered-id.ts';

export const FAILURE_MOVES: readonly Move[] = [
  {
    kind: 'failure',
    event: 'retry',
    from: ['dead'],
    to: 'retried',
    summary: 'Delivers it again, with as many tries as at first.',
    input: Type.Object({ reason }, { additionalProperties: false }),
    apply: async ({ own, entity }) => {
      const { sent, event } = entity.data;
      await addToOutbox(own.sql, {
        id: `evt_${orderedId(own.nowMs)}`,
        workspace: entity.workspace,
        topic: String(sent),
        event: typeof event === 'object' && event !== null ? { ...event } : {},
        dueMs: own.nowMs,
      });
      return {};
    },
  },
];
