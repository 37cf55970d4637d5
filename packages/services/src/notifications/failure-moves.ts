import { Type } from 'typebox';
import { newRequestId } from '@gatehouse/kernel';
import { addToOutbox } from '@gatehouse/store';
import { reason, type Move } from '../moves/move.ts';

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
        id: `evt_${newRequestId(own.nowMs)}`,
        workspace: entity.workspace,
        topic: String(sent),
        event: typeof event === 'object' && event !== null ? { ...event } : {},
        dueMs: own.nowMs,
      });
      return {};
    },
  },
];
