import { humansOf, type Approval, type Vote } from './approval.ts';
import { parseExpression } from './expression.ts';
import { people, type Step } from './process.ts';

export type ApprovalState = 'waiting' | 'info_required' | 'approved' | 'rejected' | 'withdrawn' | 'lapsed';

export interface Advanced {
  readonly approval: Approval;
  readonly state: ApprovalState;
}

/** Goes on as far as nobody has to be waited for. */
export function advance(start: Approval, nowMs: number): Advanced {
  let approval = start;
  while (true) {
    const step = approval.steps[approval.step];
    if (step === undefined) {
      const missing = stillMissing(approval);
      if (missing === undefined) return { approval, state: 'approved' };
      approval = { ...approval, steps: [...approval.steps, missing] };
      continue;
    }
    if (step.kind !== 'rule') {
      if (!hasAgreed(approval, step)) return { approval: entered(approval, step, nowMs), state: 'waiting' };
      approval = { ...approval, step: approval.step + 1, due: null, escalated: false };
      continue;
    }
    const verdict = verdictOf(step, approval);
    approval = withVote(
      approval,
      { by: step.name ?? 'rule', who: 'rule', decision: verdict, reason: step.when },
      nowMs,
    );
    if (verdict === 'reject') return { approval, state: 'rejected' };
    approval = { ...approval, step: verdict === 'approve' ? approval.steps.length : approval.step + 1 };
  }
}

/** A rule may let a request through only where nobody has to look at it. */
function verdictOf(step: Extract<Step, { kind: 'rule' }>, { facts, humans }: Approval): 'approve' | 'reject' | 'ask' {
  const verdict = parseExpression(step.when)(facts) ? step.verdict : step.otherwise;
  return verdict === 'approve' && humans > 0 ? 'ask' : verdict;
}

/** Whatever a process says: so many people as the matter needs, one whom a rule wants asked, and a program is never last. */
function stillMissing(approval: Approval): Step | undefined {
  const short = approval.humans - humansOf(approval).size;
  if (short > 0) return people(short);
  const last = approval.votes.findLast(({ who, decision }) => who !== 'rule' && decision === 'approve');
  if (approval.votes.at(-1)?.decision === 'ask') return people(1);
  return last?.who === 'webhook' ? people(1) : undefined;
}

function hasAgreed({ votes, step: at }: Approval, step: Step): boolean {
  const agreed = new Set(
    votes.filter(({ step: of, decision }) => of === at && decision === 'approve').map(({ by }) => by),
  );
  return agreed.size >= (step.kind === 'group' ? step.needs : 1);
}

/** The clock of a step begins when it is come to. */
function entered(approval: Approval, step: Step, nowMs: number): Approval {
  const { votes, due, step: at } = approval;
  if (due !== null || votes.some(({ step: of }) => of === at)) return approval;
  const seconds = 'deadlineSeconds' in step ? step.deadlineSeconds : undefined;
  const since = new Date(nowMs).toISOString();
  return { ...approval, since, due: seconds === undefined ? null : new Date(nowMs + seconds * 1000).toISOString() };
}

export function withVote(approval: Approval, vote: Omit<Vote, 'at' | 'step'>, nowMs: number): Approval {
  const at = new Date(nowMs).toISOString();
  return { ...approval, votes: [...approval.votes, { ...vote, step: approval.step, at }] };
}

/** Its deadline has passed: others are asked too, once; then it is over. */
export function overdue(approval: Approval, nowMs: number): Advanced | undefined {
  const step = approval.steps[approval.step];
  if (step === undefined || approval.due === null || Date.parse(approval.due) > nowMs) return undefined;
  const seconds = 'deadlineSeconds' in step ? (step.deadlineSeconds ?? 0) : 0;
  const others = 'escalateTo' in step ? step.escalateTo : undefined;
  if (others === undefined || approval.escalated) return { approval, state: 'lapsed' };
  return {
    approval: { ...approval, escalated: true, due: new Date(nowMs + seconds * 1000).toISOString() },
    state: 'waiting',
  };
}
