import type { Entity } from '@gatehouse/store';
import { ServiceError } from '../service-error.ts';
import { approvalOf } from './approval.ts';
import { settle, type Course, type Settled } from './course.ts';
import { requireVoter } from './voters.ts';

/** Whoever may decide wants to know something first. */
export async function askInfo(course: Course, entity: Entity, question: string): Promise<Settled> {
  const { ctx, own } = course;
  await requireVoter(own.sql, ctx, entity);
  const approval = approvalOf(entity);
  const asked = { by: ctx.principal.id, at: new Date(own.nowMs).toISOString(), question, answer: null };
  const next = { ...approval, questions: [...approval.questions, asked] };
  return settle(course, entity, { approval: next, state: 'info_required', action: 'ask-info' });
}

/** It goes on where it was. */
export async function answer(course: Course, entity: Entity, text: string): Promise<Settled> {
  requireRequester(course, entity);
  const approval = approvalOf(entity);
  const last = approval.questions.at(-1);
  const questions = last === undefined ? [] : [...approval.questions.slice(0, -1), { ...last, answer: text }];
  return settle(course, entity, { approval: { ...approval, questions }, state: 'waiting', action: 'answer' });
}

export function requireRequester({ ctx }: Course, entity: Entity): void {
  if (approvalOf(entity).requestedBy === ctx.principal.id) return;
  throw new ServiceError('admin.forbidden', 'only whoever has asked for it can do this');
}
