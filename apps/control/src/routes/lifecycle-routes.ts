import {
  answerByWebhook,
  myNotifications,
  PAGE_DEFAULT,
  PAGE_MAX,
  readNotification,
  waitingForMe,
  WEBHOOK_ANSWER,
} from '@gatehouse/services';
import { Type } from 'typebox';
import { idOf, limitOf, written } from './entity-routes.ts';
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
  {
    tag: 'approvals',
    method: 'POST',
    path: '/workspaces/{workspace}/approvals/{id}/webhook-answer',
    operationId: 'answerApprovalByWebhook',
    summary: 'A program that a step asks answers, signed as it was asked: `webhook-id`, `-timestamp`, `-signature`.',
    permission: 'signed',
    signed: true,
    body: WEBHOOK_ANSWER,
    replies: { 200: 'As it is now.' },
    handle: async (ctx, { params, body, text, headers }) =>
      written(200, await answerByWebhook(ctx, { id: idOf(params), answer: body, body: text, headers })),
  },
  {
    tag: 'notifications',
    method: 'GET',
    path: '/notifications',
    operationId: 'listNotifications',
    summary: 'What whoever asks was told, in all workspaces, the oldest first.',
    permission: 'self',
    query: {
      limit: Type.Integer({ minimum: 1, maximum: PAGE_MAX, default: PAGE_DEFAULT }),
      cursor: Type.String({ description: '`next` of the page before.' }),
      state: Type.Enum(['unread', 'read'], { description: 'Only those.' }),
    },
    replies: { 200: 'A page; `next` is the cursor of the one behind it.' },
    handle: async (ctx, { query }) => {
      const { state, cursor: after } = query;
      return { status: 200, body: await myNotifications(ctx, { state, after, limit: limitOf(query) }) };
    },
  },
  {
    tag: 'notifications',
    method: 'POST',
    path: '/notifications/{id}/read',
    operationId: 'readNotification',
    summary: 'It has been seen.',
    permission: 'self',
    replies: { 200: 'As it is now.' },
    handle: async (ctx, { params }) => ({ status: 200, body: await readNotification(ctx, idOf(params)) }),
  },
];
