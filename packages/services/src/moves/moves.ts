import { Type } from 'typebox';
import { listEntities } from '@gatehouse/store';
import { APPROVAL_MOVES } from '../approvals/approval-moves.ts';
import { closeApprovals } from '../approvals/course.ts';
import { reachesAll } from '../entities/permission-on.ts';
import { dataOf } from '../json-data.ts';
import { kindOf } from '../kinds/kinds.ts';
import { FAILURE_MOVES } from '../notifications/failure-moves.ts';
import { ServiceError } from '../service-error.ts';
import { CREDENTIAL_MOVES } from './credential-moves.ts';
import { PETITION_MOVES } from '../people/petitions.ts';
import { EMERGENCY_MOVES } from './emergency-moves.ts';
import { reason, refused, type Move } from './move.ts';
import { REVISION_MOVES } from './revision-moves.ts';
import { DEPLOYMENT_MOVES } from './deployment-moves.ts';
import { SUBSCRIPTION_MOVES } from './subscription-moves.ts';
import { SUBSCRIPTION_TERM_MOVES } from './subscription-term-moves.ts';
import { LIVE } from './subscription-terms.ts';
import { VERSION_MOVES } from './version-moves.ts';

const only = Type.Object({ reason }, { additionalProperties: false });
const ENDED_CREDENTIALS: ReadonlySet<string> = new Set(['revoked', 'leaked', 'expired', 'retired']);

const PLAN_MOVES: readonly Move[] = [
  {
    kind: 'plan',
    event: 'publish',
    from: ['staging'],
    to: 'published',
    summary: 'From now on applications can subscribe to it.',
    input: only,
  },
  {
    kind: 'plan',
    event: 'deprecate',
    from: ['published'],
    to: 'deprecated',
    permission: 'publish',
    summary: 'Takes no new subscriptions; those that there are go on.',
    input: only,
  },
  {
    kind: 'plan',
    event: 'close',
    from: ['staging', 'published', 'deprecated'],
    to: 'closed',
    permission: 'publish',
    summary: 'Nobody is served by it any more.',
    input: only,
  },
];

const APPLICATION_MOVES: readonly Move[] = [
  {
    kind: 'application',
    event: 'suspend',
    from: ['active'],
    to: 'suspended',
    permission: 'update',
    summary: 'Its calls are refused until it is resumed.',
    input: only,
    apply: async ({ ctx, entity }) => {
      const byWorkspace = reachesAll(ctx, kindOf('application'), 'update');
      return Promise.resolve({ data: { ...entity.data, suspension: { by: ctx.principal.id, byWorkspace } } });
    },
  },
  {
    kind: 'application',
    event: 'resume',
    from: ['suspended'],
    to: 'active',
    permission: 'update',
    summary: 'Gives it back exactly what it had. What the workspace has suspended, its team alone does not resume.',
    input: only,
    apply: async ({ ctx, entity }) => {
      const { suspension, ...data } = entity.data;
      const byWorkspace = dataOf(suspension)['byWorkspace'] === true;
      if (byWorkspace && !reachesAll(ctx, kindOf('application'), 'update'))
        throw new ServiceError('admin.forbidden', 'it was suspended by somebody who answers for the workspace');
      return Promise.resolve({ data });
    },
  },
  {
    kind: 'application',
    event: 'archive',
    from: ['active', 'suspended'],
    to: 'archived',
    permission: 'delete',
    summary: 'For good: its subscriptions are cancelled and its credentials revoked.',
    input: only,
    apply: async (moving) => {
      const { own, entity } = moving;
      const { workspace, id: parent } = entity;
      const children = async (kind: string) => listEntities(own.sql, { workspace, kind, parent, limit: 1_000_000 });
      for (const subscription of await children('subscription')) {
        if (!LIVE.has(subscription.state)) continue;
        await closeApprovals(moving, subscription);
        await own.update(subscription, { ...subscription, state: 'cancelled' }, 'cancel');
      }
      for (const credential of await children('credential')) {
        if (!ENDED_CREDENTIALS.has(credential.state))
          await own.update(credential, { ...credential, state: 'revoked' }, 'revoke');
      }
      return {};
    },
  },
];

const TOKEN_MOVES: readonly Move[] = [
  {
    kind: 'token',
    event: 'revoke',
    from: ['active'],
    to: 'revoked',
    summary: 'Ends it for good.',
    input: only,
    apply: async ({ entity }) => {
      if (entity.lookup === undefined) throw refused('it has no key');
      return Promise.resolve({});
    },
  },
];

/** All events of all state machines. */
export const MOVES: readonly Move[] = [
  ...VERSION_MOVES,
  ...REVISION_MOVES,
  ...PLAN_MOVES,
  ...APPLICATION_MOVES,
  ...CREDENTIAL_MOVES,
  ...SUBSCRIPTION_MOVES,
  ...SUBSCRIPTION_TERM_MOVES,
  ...DEPLOYMENT_MOVES,
  ...TOKEN_MOVES,
  ...APPROVAL_MOVES,
  ...FAILURE_MOVES,
  ...EMERGENCY_MOVES,
  ...PETITION_MOVES,
];
