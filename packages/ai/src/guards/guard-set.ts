import { GuardSession } from './guard-session.ts';
import type { GuardSpec } from './guard-spec.ts';
import { planSide, type SidePlan } from './guard-plan.ts';

/** The guards of a configuration, ready for calls; compiled once a snapshot, and without state. */
export interface GuardSet {
  /** Requests must be read: the bytes of a caller may not go to a provider as they came. */
  readonly onRequest: boolean;
  /** Replies must be read, apart from what a session has to put back: see `GuardSession.restores`. */
  readonly onReply: boolean;
  /** A moderator is asked about requests. */
  readonly moderatesRequest: boolean;
  /** A moderator is asked about whole replies: a stream must be gathered first for it to be in time. */
  readonly moderatesReply: boolean;
  begin(): GuardSession;
}

export function compileGuards(specs: readonly GuardSpec[]): GuardSet {
  const request = planSide(specs, 'request');
  const reply = planSide(specs, 'reply');
  return {
    onRequest: looks(request),
    onReply: looks(reply),
    moderatesRequest: request.moderations.length > 0,
    moderatesReply: reply.moderations.length > 0,
    begin: () => new GuardSession({ request, reply }),
  };
}

function looks({ screen, injections, lengths, wanted, schemas, moderations }: SidePlan): boolean {
  const { pii, secrets, words } = screen;
  if (pii || secrets || words !== undefined) return true;
  return [injections, lengths, wanted, schemas, moderations].some((each) => each.length > 0);
}
