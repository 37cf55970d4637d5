import { COMPARE, LINT, scoreCard } from '@gatehouse/services';
import { judgeAside } from '../judging/judge-aside.ts';
import { idOf } from './entity-routes.ts';
import type { Route } from './route.ts';

/** What standards say of documents, before anything is made of them. */
export const STANDARDS_ROUTES: readonly Route[] = [
  {
    tag: 'standards',
    method: 'POST',
    path: '/lint',
    operationId: 'lintDocument',
    summary: 'Findings, scores and the next three fixes of an OpenAPI document.',
    permission: 'self',
    body: LINT,
    replies: { 200: 'What `gatehouse lint --json` prints, with what to mend first.' },
    handle: async (ctx, { body, text }) => ({
      status: 200,
      body: { ...(await judgeAside(ctx, 'lint', { body, chars: text.length })) },
    }),
  },
  {
    tag: 'standards',
    method: 'POST',
    path: '/breaking',
    operationId: 'compareDocuments',
    summary: 'What becomes of callers when one OpenAPI document takes the place of another.',
    permission: 'self',
    body: COMPARE,
    replies: { 200: 'What `gatehouse breaking --json` prints.' },
    handle: async (ctx, { body, text }) => ({
      status: 200,
      body: { ...(await judgeAside(ctx, 'compare', { body, chars: text.length })) },
    }),
  },
  {
    tag: 'standards',
    method: 'GET',
    path: '/workspaces/{workspace}/versions/{id}/score',
    operationId: 'getScoreOfVersion',
    summary: 'How the document of a version stands, what to mend first, and how its revisions have stood.',
    permission: 'versions:read',
    replies: { 200: 'Grade, scores, the next three fixes, and the trend.' },
    handle: async (ctx, { params }) => ({ status: 200, body: { ...(await scoreCard(ctx, idOf(params))) } }),
  },
];
