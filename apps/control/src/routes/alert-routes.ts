import { alertStatus, listFiring, objectiveBudget, previewDigest, testContact } from '@gatehouse/services';
import { idOf } from './entity-routes.ts';
import type { Route } from './route.ts';

const W = '/workspaces/{workspace}';

/** How it stands with what is looked at, and whether people can be reached. */
export const ALERT_ROUTES: readonly Route[] = [
  {
    tag: 'alerts',
    method: 'GET',
    path: `${W}/alerts/firing`,
    operationId: 'listFiring',
    summary: 'What fires now, or is about to, of all alerts and objectives, also what is silenced. The newest first.',
    permission: 'alerts:read',
    replies: { 200: 'Keys with their rules.' },
    handle: async (ctx) => ({ status: 200, body: { ...(await listFiring(ctx)) } }),
  },
  {
    tag: 'alerts',
    method: 'GET',
    path: `${W}/alerts/{id}/status`,
    operationId: 'getStatusOfAlert',
    summary: 'How it stands with an alert: each of its keys, what has become of it lately, and why where nobody knows.',
    permission: 'alerts:read',
    replies: { 200: '`state` is `new`, `ok`, `pending`, `firing`, `unknown` or `disabled`.' },
    handle: async (ctx, { params }) => ({ status: 200, body: { ...(await alertStatus(ctx, 'alert', idOf(params))) } }),
  },
  {
    tag: 'objectives',
    method: 'GET',
    path: `${W}/objectives/{id}/status`,
    operationId: 'getStatusOfObjective',
    summary: 'How it stands with the burn rates of an objective, and what has become of them lately.',
    permission: 'objectives:read',
    replies: { 200: 'As that of an alert; a key for each burn rate.' },
    handle: async (ctx, { params }) => ({
      status: 200,
      body: { ...(await alertStatus(ctx, 'objective', idOf(params))) },
    }),
  },
  {
    tag: 'objectives',
    method: 'GET',
    path: `${W}/objectives/{id}/budget`,
    operationId: 'getBudgetOfObjective',
    summary: 'The error budget of an objective now, and how it was spent.',
    permission: 'objectives:read',
    replies: { 200: '`left` is 1 while nothing is spent, and 0 or less when all is; `series` is the way there.' },
    handle: async (ctx, { params }) => ({ status: 200, body: { ...(await objectiveBudget(ctx, idOf(params))) } }),
  },
  {
    tag: 'contacts',
    method: 'POST',
    path: `${W}/contacts/{id}/test`,
    operationId: 'testContact',
    summary: 'Sends a message that says it is a test, now, and answers what became of it.',
    permission: 'contacts:test',
    once: true,
    replies: { 200: 'For each address, whether it was taken, or what was said instead.' },
    handle: async (ctx, { params }) => ({ status: 200, body: { ...(await testContact(ctx, idOf(params))) } }),
  },
  {
    tag: 'digests',
    method: 'GET',
    path: `${W}/digests/{id}/preview`,
    operationId: 'previewDigest',
    summary: 'What a digest would say of the day before, now. Nothing is sent.',
    permission: 'digests:read',
    replies: { 200: 'Its mail as `subject`, `text` and `html`, and what a webhook gets as `data`.' },
    handle: async (ctx, { params }) => ({ status: 200, body: { ...(await previewDigest(ctx, idOf(params))) } }),
  },
];
