import { COMPARE, driftCard, LINT, scoreCard, ServiceError } from '@gatehouse/services';
import { Type } from 'typebox';
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
  {
    tag: 'standards',
    method: 'GET',
    path: '/workspaces/{workspace}/versions/{id}/drift',
    operationId: 'getDriftOfVersion',
    summary: 'How far the traffic of a version is from its document, as far as the gate beside us has looked.',
    permission: 'versions:read',
    query: {
      since: Type.String({ description: 'ISO 8601; calls before it are not looked at. Left out: 30 days ago.' }),
      patch: Type.Boolean({ default: false, description: 'Whether to work out what the document could say.' }),
    },
    replies: { 200: 'What `gatehouse drift --json` prints; `patch` where it was asked for, with the text.' },
    handle: async (ctx, { params, query }) => {
      const asked = { sinceMs: sinceOf(query['since'], ctx.clock.now()), patch: query['patch'] === 'true' };
      return { status: 200, body: { ...(await driftCard(ctx, idOf(params), asked)) } };
    },
  },
];

const DAYS_30_MS = 30 * 86_400_000;

function sinceOf(text: string | undefined, now: number): number {
  if (text === undefined) return now - DAYS_30_MS;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new ServiceError('admin.invalid', 'since: write a time such as 2026-01-31T08:00:00Z');
  return at;
}
