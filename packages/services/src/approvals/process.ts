import { Type, type Static } from 'typebox';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { readInput } from '../entities/read-input.ts';
import { ExpressionProblem, parseExpression } from './expression.ts';

const STEPS_MAX = 20;
const DEADLINE_SECONDS_MAX = 366 * 86_400;

const shared = {
  name: Type.Optional(Type.String({ maxLength: 100, description: 'For people.' })),
  deadlineSeconds: Type.Optional(
    Type.Integer({
      minimum: 60,
      maximum: DEADLINE_SECONDS_MAX,
      description: 'After which it is escalated, or lapses.',
    }),
  ),
  escalateTo: Type.Optional(
    Type.Array(Type.String({ maxLength: 64 }), {
      minItems: 1,
      maxItems: 20,
      description: 'Ids of users who may decide as well once the deadline has passed; they have as long again.',
    }),
  ),
  reasonNeeded: Type.Optional(Type.Boolean({ description: 'Nobody decides without saying why.' })),
};

/** One step; each has to agree before the next is asked. */
export const stepSchema = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('rule'),
      when: Type.String({ minLength: 1, maxLength: 2000, description: 'As `plan == "gold" && answers.calls < 1000`.' }),
      // What a rule says where it holds: what follows is skipped, nothing is given, or people are asked.
      verdict: Type.Enum(['approve', 'reject', 'ask']),
      otherwise: Type.Enum(['approve', 'reject', 'ask']),
      name: shared.name,
    },
    { additionalProperties: false },
  ),
  Type.Object(
    { kind: Type.Literal('person'), user: Type.String({ maxLength: 64 }), ...shared },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      kind: Type.Literal('group'),
      team: Type.Optional(
        Type.String({ maxLength: 64, description: 'The id of a team; without team and role: whoever may.' }),
      ),
      role: Type.Optional(Type.String({ maxLength: 64, description: 'The name of a role.' })),
      needs: Type.Integer({ minimum: 1, maximum: 20, description: 'How many people have to agree.' }),
      ...shared,
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      kind: Type.Literal('webhook'),
      webhook: Type.String({
        maxLength: 64,
        description: 'The name of a webhook; its secret signs what is asked and answered.',
      }),
      ...shared,
    },
    { additionalProperties: false },
  ),
]);
export const processSchema = Type.Array(stepSchema, { minItems: 1, maxItems: STEPS_MAX });

export type Step = Static<typeof stepSchema>;

/** What has to be decided about. */
interface Matter {
  /** So many people besides the requester have to agree at least, whatever a process says. */
  readonly others: number;
  /** Whether the requester counts as one of two people, and so a program that asks needs one more. */
  readonly two: boolean;
  /** Who may decide where a process does not say it. */
  readonly permission: string;
  readonly summary: string;
}

/** Not configurable: invariant 9. */
export const MATTERS = {
  'subscription.request': {
    others: 0,
    two: false,
    permission: 'subscriptions:approve',
    summary: 'an application wants to call',
  },
  'subscription.change-plan': {
    others: 0,
    two: false,
    permission: 'subscriptions:approve',
    summary: 'a subscriber wants another plan',
  },
  'revision.review': {
    others: 1,
    two: false,
    permission: 'revisions:approve',
    summary: 'a revision wants to be published',
  },
  'waiver.request': {
    others: 2,
    two: false,
    permission: 'waivers:approve',
    summary: 'findings want to be put up with',
  },
  'version.retire': {
    others: 1,
    two: true,
    permission: 'versions:retire',
    summary: 'a version that is still called is to end',
  },
  'sign-up.request': {
    others: 0,
    two: false,
    permission: 'users:create',
    summary: 'somebody wants to come in',
  },
  'version.resume': {
    others: 1,
    two: true,
    permission: 'versions:resume',
    summary: 'a suspended version is to serve again',
  },
} as const satisfies Readonly<Record<string, Matter>>;

export type MatterName = keyof typeof MATTERS;

export function isMatter(name: string): name is MatterName {
  return Object.hasOwn(MATTERS, name);
}

/** Throws what is wrong with it. */
export function readProcess(value: unknown): readonly Step[] {
  const steps = readInput(processSchema, value);
  for (const [index, step] of steps.entries()) {
    if (step.kind !== 'rule') continue;
    try {
      parseExpression(step.when);
    } catch (error) {
      if (!(error instanceof ExpressionProblem)) throw error;
      throw new ServiceError('admin.invalid', `step ${index + 1}: ${error.message}`);
    }
  }
  return steps;
}

/** By what they decide about; throws what is wrong with one of them. */
export function readProcesses(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, process] of Object.entries(value)) {
    if (!isMatter(name))
      throw new ServiceError('admin.invalid', `nothing is decided as ${name}: ${Object.keys(MATTERS).join(', ')}`);
    readProcess(process);
  }
}

/** Whoever may decide about the matter by their role. */
export function people(needs: number): Step {
  return { kind: 'group', needs };
}

/** Whether somebody who is not named by a step may decide about a matter: everywhere, or for a team whose matter it is. */
export function mayDecide(
  { principal, workspace }: ServiceContext,
  { matter, teams }: { readonly matter: MatterName; readonly teams: readonly string[] },
): boolean {
  const { permission } = MATTERS[matter];
  return [undefined, ...teams].some((team) => principal.refusal(permission, workspace, team) === undefined);
}
