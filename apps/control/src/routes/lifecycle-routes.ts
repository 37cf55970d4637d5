import { PAGE_DEFAULT, PAGE_MAX, waitingForMe } from '@gatehouse/services';
import { Type } from 'typebox';
import { limitOf } from './entity-routes.ts';
import type { Route } from './route.ts';

/** What people wait for, over all that is governed. */
export const LIFECYCLE_ROUTES: readonly Route[] = [
  {
    tag: 'approvals',
    method: 'GET',
    path: '/approvals',
    operationId: 'listWaitingApprovals',
    summary: 'What waits for whoever asks, in all workspaces: to decide, or to answer a question. The oldest first.',
    permission: 'self',
    query: { limit: Type.Integer({ minimum: 1, maximum: PAGE_MAX, default: PAGE_DEFAULT }) },
    replies: { 200: 'Each with the name of its workspace.' },
    handle: async (ctx, { query }) => ({ status: 200, body: await waitingForMe(ctx, limitOf(query)) }),
  },
];
