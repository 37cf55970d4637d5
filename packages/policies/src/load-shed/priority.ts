import { claimText } from '../claim-text.ts';
import type { Exchange, Principal } from '../policy.ts';

export const PRIORITIES = ['critical', 'high', 'normal', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

export interface PrioritySpec {
  readonly priority: Priority;
  readonly priorityFrom?: string;
  readonly priorities: Readonly<Record<string, Priority>>;
}

export interface PriorityRule {
  /** Before it is known who calls: where that decides, the best that it could turn out to be. */
  readonly early: (exchange: Exchange) => Priority;
  /** Afterwards; undefined where nothing more is known then. */
  readonly late: ((exchange: Exchange) => Priority) | undefined;
}

export function priorityRule({ priority, priorityFrom, priorities }: PrioritySpec): PriorityRule {
  const of = (said: string | undefined): Priority =>
    (said !== undefined && Object.hasOwn(priorities, said) ? priorities[said] : undefined) ?? priority;
  if (priorityFrom === undefined) return { early: () => priority, late: undefined };
  if (priorityFrom.startsWith('header:')) {
    const field = priorityFrom.slice('header:'.length).toLowerCase();
    return { early: ({ request }) => of(request.header(field)), late: undefined };
  }
  const possible = new Set<Priority>([priority, ...Object.values(priorities)]);
  const best = PRIORITIES.find((each) => possible.has(each)) ?? priority;
  const said = saidOf(priorityFrom);
  return { early: () => best, late: ({ principal }) => of(principal && said(principal)) };
}

function saidOf(from: string): (principal: Principal) => string | undefined {
  if (from === 'plan') return (principal) => principal.plan;
  const claim = from.slice('claim:'.length);
  return (principal) => claimText(principal, claim);
}
