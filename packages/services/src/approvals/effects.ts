import { findEntity, type Entity } from '@gatehouse/store';
import type { Write } from '../entities/write.ts';
import { refused } from '../moves/move.ts';
import { grantsOfConsumer } from '../people/consumer.ts';
import { listOf } from '../json-data.ts';
import { requireOnly, requirePlan, termsOf } from '../moves/subscription-terms.ts';
import type { ApprovalState } from './advance.ts';
import type { Approval } from './approval.ts';
import type { MatterName } from './process.ts';

export interface Outcome {
  readonly own: Write;
  readonly subject: Entity;
  readonly approval: Approval;
  readonly state: ApprovalState;
}

/** What becomes of the subject. */
type Effect = (outcome: Outcome) => Promise<Entity>;

/** In which a version takes its first revisions; later ones do not change what it is to callers. */
const BEFORE_PUBLISHING: ReadonlySet<string> = new Set(['draft', 'changes_requested', 'in_review', 'approved']);

/** What the states of an approval make of a subscription that is asked for. */
const OF_REQUEST: Readonly<Record<ApprovalState, string>> = {
  waiting: 'pending',
  info_required: 'info_required',
  approved: 'active',
  rejected: 'rejected',
  withdrawn: 'withdrawn',
  lapsed: 'lapsed',
};
const ACTIONS: Readonly<Record<ApprovalState, string>> = {
  waiting: 'answer',
  info_required: 'ask-info',
  approved: 'approve',
  rejected: 'reject',
  withdrawn: 'withdraw',
  lapsed: 'lapse',
};

/** By what was decided about. An undecided state reaches only those that have one of their own for it. */
export const EFFECTS: Readonly<Record<MatterName, Effect>> = {
  'subscription.request': async ({ own, subject, approval, state }) => {
    const starts = subject.data['startsAt'];
    const later = typeof starts === 'string' && Date.parse(starts) > own.nowMs;
    const next = state === 'approved' && later ? 'scheduled' : OF_REQUEST[state];
    if (next === subject.state) return subject;
    if (state === 'approved') await requirePlan(own.sql, subject.workspace, termsOf(subject));
    const decisions = approval.votes.map(({ by, at, decision, reason }) => ({ by, at, decision, reason }));
    const after = { ...subject, state: next, data: { ...subject.data, decisions } };
    return own.update(subject, after, ACTIONS[state], reasonOf(approval));
  },
  'subscription.change-plan': async ({ own, subject, approval, state }) => {
    if (isOpen(state)) return subject;
    const { changing: _changing, ...data } = subject.data;
    const agreed = state === 'approved' && subject.state === 'active';
    const terms = { ...termsOf(subject), plan: String(approval.input['plan']) };
    if (agreed) {
      await requirePlan(own.sql, subject.workspace, terms);
      await requireOnly(own.sql, subject, terms);
    }
    const plan = agreed ? { plan: terms.plan } : {};
    const action = state === 'approved' ? 'change-plan' : `change-plan-${ACTIONS[state]}`;
    return own.update(subject, { ...subject, data: { ...data, ...plan } }, action, reasonOf(approval));
  },
  'revision.review': async ({ own, subject, approval, state }) => {
    if (isOpen(state) || subject.state !== 'sealed') return subject;
    const agreed = state === 'approved';
    const { workspace, parent: id } = subject;
    const version = await findEntity(own.sql, { workspace, kind: 'version', id });
    if (version !== undefined && BEFORE_PUBLISHING.has(version.state)) {
      const next = agreed ? 'approved' : 'changes_requested';
      await own.update(version, { ...version, state: next }, agreed ? 'approved' : 'changes-requested');
    }
    const reviews = approval.votes.map(({ by, at, decision, reason }) => ({
      by,
      at,
      decision: decision === 'approve' ? 'approved' : 'changes requested',
      reason,
    }));
    const data = { ...subject.data, reviews: [...listOf(subject.data['reviews']), ...reviews] };
    const after = { ...subject, state: agreed ? 'approved' : 'rejected', data };
    return own.update(subject, after, agreed ? 'approve' : 'request-changes', reasonOf(approval));
  },
  'waiver.request': async ({ own, subject, approval, state }) => {
    if (isOpen(state) || subject.state !== 'requested') return subject;
    const approvals = approval.votes.map(({ by, at, decision, reason }) => ({ by, at, decision, reason }));
    const after = { ...subject, state, data: { ...subject.data, approvals } };
    return own.update(subject, after, ACTIONS[state], reasonOf(approval));
  },
  // About the team that was made for whoever has asked.
  'sign-up.request': async ({ own, subject: team, approval, state }) => {
    const user = await findEntity(own.sql, { workspace: '', kind: 'user', id: approval.requestedBy });
    if (isOpen(state) || user === undefined) return team;
    const workspace = await findEntity(own.sql, { workspace: '', kind: 'workspace', id: team.workspace });
    if (state !== 'approved' || workspace === undefined) {
      const isNobody = listOf(user.data['grants']).length + listOf(user.data['groups']).length === 0;
      const refusedUser = { ...user, data: { ...user.data, disabled: true } };
      if (isNobody) await own.update(user, refusedUser, 'refused', reasonOf(approval));
      return team;
    }
    const grants = [...listOf(user.data['grants']), ...grantsOfConsumer(workspace, team)];
    // The workspace's terms and whoever agrees are two.
    own.seconded();
    await own.update(user, { ...user, data: { ...user.data, grants } }, 'admitted', reasonOf(approval));
    return team;
  },
  'version.retire': async ({ own, subject, approval, state }) => {
    if (state !== 'approved' || subject.state !== 'deprecated') return subject;
    // Its end may have been moved since somebody asked.
    if (!(sunsetOf(subject) <= own.nowMs)) throw refused('its end has been moved, it cannot be retired before that');
    own.touchGates();
    return own.update(subject, { ...subject, state: 'retired' }, 'retire', reasonOf(approval));
  },
  'version.resume': async ({ own, subject, approval, state }) => {
    if (state !== 'approved' || subject.state !== 'suspended') return subject;
    own.touchGates();
    const { suspendedFrom, ...data } = subject.data;
    const after = { ...subject, state: String(suspendedFrom), data };
    return own.update(subject, after, 'resume', reasonOf(approval));
  },
};

function sunsetOf({ data }: Entity): number {
  const { lifecycle } = data;
  const sunset = typeof lifecycle === 'object' && lifecycle !== null && 'sunset' in lifecycle ? lifecycle.sunset : '';
  return Date.parse(String(sunset));
}

function isOpen(state: ApprovalState): boolean {
  return state === 'waiting' || state === 'info_required';
}

function reasonOf({ votes }: Approval): string | undefined {
  return votes.findLast(({ who }) => who !== 'rule')?.reason ?? undefined;
}
