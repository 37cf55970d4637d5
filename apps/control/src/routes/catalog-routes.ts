import { getOffered, getOfferedDocument, listCatalog, PAGE_DEFAULT, PAGE_MAX } from '@gatehouse/services';
import { Type } from 'typebox';
import { limitOf } from './entity-routes.ts';
import type { AdminRequest, Route } from './route.ts';

const base = { tag: 'catalog', method: 'GET', permission: 'catalog:public' } as const;
const PATH = '/workspaces/{workspace}/catalog';

function asked({ query }: AdminRequest): Parameters<typeof listCatalog>[1] {
  return { q: query['q'], after: query['cursor'], limit: limitOf(query) };
}

/** What those who call apis look for: what there is, what it says of itself, and under which plans. */
export const CATALOG_ROUTES: readonly Route[] = [
  {
    ...base,
    path: PATH,
    operationId: 'listCatalog',
    summary: 'Apis that whoever asks may subscribe to, by their visibility, with their versions and plans.',
    query: {
      q: Type.String({ description: 'What name, title or description have in them.' }),
      cursor: Type.String({ description: '`next` of the page before.' }),
      limit: Type.Integer({ minimum: 1, maximum: PAGE_MAX, default: PAGE_DEFAULT }),
    },
    replies: { 200: 'Apis with versions and plans, and plans for models.' },
    handle: async (ctx, request) => ({ status: 200, body: { ...(await listCatalog(ctx, asked(request))) } }),
  },
  {
    ...base,
    path: `${PATH}/{id}`,
    operationId: 'getOffered',
    summary: 'One of them, by its name or its id.',
    replies: { 200: 'The api, with versions and plans.' },
    handle: async (ctx, { params }) => ({ status: 200, body: { ...(await getOffered(ctx, params['id'] ?? '')) } }),
  },
  {
    ...base,
    path: `${PATH}/{id}/versions/{version}/document`,
    operationId: 'getOfferedDocument',
    summary: 'The OpenAPI document of a version, as it was sealed with what is called now.',
    replies: { 200: 'The document as text.' },
    handle: async (ctx, { params }) => {
      const { id: api = '', version = '' } = params;
      return { status: 200, body: { ...(await getOfferedDocument(ctx, { api, version })) } };
    },
  },
];
