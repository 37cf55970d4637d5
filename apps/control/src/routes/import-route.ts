import { IMPORT, IMPORT_PERMISSION, importDocument } from '@gatehouse/services';
import { Type } from 'typebox';
import { judgeAside } from '../judging/judge-aside.ts';
import type { Route } from './route.ts';

/** A document becomes an api, or the next of one that there is. */
export const IMPORT_ROUTE: Route = {
  tag: 'imports',
  method: 'POST',
  path: '/workspaces/{workspace}/imports',
  operationId: 'importDocument',
  summary:
    'An OpenAPI or Swagger document becomes an api with a version to be reviewed. Where there is such an api, the answer is a preview: what would be added, removed and changed, and what of that breaks callers.',
  permission: IMPORT_PERMISSION,
  body: IMPORT,
  query: {
    apply: Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: '`preview` of the answer before: do that, if nothing has changed since then.',
    }),
  },
  replies: { 200: 'A preview, or what was applied.', 201: 'The api is there, with a draft of its version.' },
  handle: async (ctx, { body, query }) => {
    const { result, enforcement } = await importDocument(ctx, {
      input: body,
      apply: query['apply'],
      compare: async (both) => judgeAside(ctx, 'compare', { body: both, chars: both.old.length + both.new.length }),
    });
    return { status: result.outcome === 'created' ? 201 : 200, body: { ...result }, enforcement };
  },
};
