import { Type, type Static } from 'typebox';
import type { Entity } from '@gatehouse/store';
import { readInput } from '../entities/read-input.ts';
import { stepSchema, type MatterName } from './process.ts';

const text = Type.String();
const because = Type.Union([text, Type.Null()]);

const approvalSchema = Type.Object({
  matter: Type.Unsafe<MatterName>(Type.String()),
  subject: Type.Object({ kind: text, id: text, name: text }),
  requestedBy: text,
  /** So many people have to agree, whatever the steps say. */
  humans: Type.Integer(),
  /** Whoever has a hand in it, and so decides nothing. */
  hands: Type.Array(text),
  /** What the requester asked for, as the move will get it. */
  input: Type.Record(text, Type.Unknown()),
  /** What rules are held against. */
  facts: Type.Record(text, Type.Unknown()),
  steps: Type.Array(stepSchema),
  step: Type.Integer(),
  since: text,
  due: because,
  escalated: Type.Boolean(),
  votes: Type.Array(
    Type.Object({
      step: Type.Integer(),
      by: text,
      who: Type.Enum(['person', 'rule', 'webhook']),
      decision: text,
      at: text,
      reason: because,
    }),
  ),
  questions: Type.Array(Type.Object({ by: text, at: text, question: text, answer: because })),
});

/** What is kept of an approval besides its state. */
export type Approval = Readonly<Static<typeof approvalSchema>>;
export type Vote = Approval['votes'][number];

export function approvalOf({ data }: Entity): Approval {
  return readInput(approvalSchema, data);
}

/** People who have agreed, each of them once. */
export function humansOf({ votes }: Approval): ReadonlySet<string> {
  return new Set(votes.filter(({ who, decision }) => who === 'person' && decision === 'approve').map(({ by }) => by));
}
