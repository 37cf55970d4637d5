import { Type } from 'typebox';
import { reason, type Applied, type Move, type Moving } from '../moves/move.ts';
import { approvalOf } from './approval.ts';
import { decide, settle } from './course.ts';
import { answer, askInfo, requireRequester } from './questions.ts';

type AnyMoving = Moving<Readonly<Record<string, unknown>>>;

const only = Type.Object({ reason }, { additionalProperties: false });
const because = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 2000 }) },
  { additionalProperties: false },
);

export const APPROVAL_MOVES: readonly Move[] = [
  {
    kind: 'approval',
    event: 'approve',
    from: ['waiting'],
    permission: 'decide',
    summary: 'Agrees, at the step that is asked; the last one lets it happen. Nobody agrees with what is their own.',
    input: only,
    apply: async (moving) => decided(moving, 'approve'),
  },
  {
    kind: 'approval',
    event: 'reject',
    from: ['waiting'],
    permission: 'decide',
    summary: 'Says no, for a reason that the requester is told.',
    input: because,
    apply: async (moving) => decided(moving, 'reject'),
  },
  {
    kind: 'approval',
    event: 'ask-info',
    from: ['waiting'],
    permission: 'decide',
    summary: 'Asks the requester a question first.',
    input: Type.Object({ question: Type.String({ minLength: 1, maxLength: 2000 }) }, { additionalProperties: false }),
    apply: async (moving) => ({
      moved: (await askInfo(moving, moving.entity, String(moving.input['question']))).approval,
    }),
  },
  {
    kind: 'approval',
    event: 'answer',
    from: ['info_required'],
    permission: 'answer',
    summary: 'The requester answers the last question; it goes on where it was.',
    input: Type.Object({ answer: Type.String({ minLength: 1, maxLength: 10_000 }) }, { additionalProperties: false }),
    apply: async (moving) => ({
      moved: (await answer(moving, moving.entity, String(moving.input['answer']))).approval,
    }),
  },
  {
    kind: 'approval',
    event: 'withdraw',
    from: ['waiting', 'info_required'],
    permission: 'answer',
    summary: 'The requester thinks better of it.',
    input: only,
    apply: async (moving) => {
      requireRequester(moving, moving.entity);
      const { entity } = moving;
      const { approval } = await settle(moving, entity, {
        approval: approvalOf(entity),
        state: 'withdrawn',
        action: 'withdraw',
        reason: textOf(moving.input['reason']),
      });
      return { moved: approval };
    },
  },
];

async function decided(moving: AnyMoving, decision: 'approve' | 'reject'): Promise<Applied> {
  const { approval } = await decide(moving, moving.entity, { decision, reason: textOf(moving.input['reason']) });
  return { moved: approval };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
