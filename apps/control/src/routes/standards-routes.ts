import { compare, COMPARE, judge, LINT } from '@gatehouse/services';
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
    handle: async (ctx, { body }) => Promise.resolve({ status: 200, body: judge(ctx, body) }),
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
    handle: async (ctx, { body }) => Promise.resolve({ status: 200, body: compare(ctx, body) }),
  },
];
