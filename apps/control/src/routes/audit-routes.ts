import { listAudit, PAGE_DEFAULT, PAGE_MAX, showAuditKey } from '@gatehouse/services';
import { Type } from 'typebox';
import { limitOf } from './entity-routes.ts';
import type { Route } from './route.ts';

const query = {
  limit: Type.Integer({ minimum: 1, maximum: PAGE_MAX, default: PAGE_DEFAULT }),
  cursor: Type.Integer({ minimum: 0, description: '`next` of the page before.' }),
  entity: Type.String({ description: 'Only those of one entity: `api api_…`.' }),
};

const list: Route['handle'] = async (ctx, { query: asked }) => {
  const after = asked['cursor'] === undefined ? undefined : Number(asked['cursor']) || 0;
  return { status: 200, body: await listAudit(ctx, { entity: asked['entity'], after, limit: limitOf(asked) }) };
};

const base = { tag: 'audit', method: 'GET', permission: 'audit:read' } as const;

/** What was changed, by whom: a chain of entries for each workspace, and one for what stands above them. */
export const AUDIT_ROUTES: readonly Route[] = [
  {
    ...base,
    path: '/workspaces/{workspace}/audit',
    operationId: 'listAudit',
    summary: 'Who has changed what: a chain of entries, the oldest first.',
    query,
    replies: { 200: 'A page; `next` is the cursor of the one behind it.' },
    handle: list,
  },
  {
    ...base,
    path: '/audit',
    operationId: 'listAuditOfHouse',
    summary: 'Who has changed what stands above workspaces, such as users and roles: a chain of its own.',
    query,
    replies: { 200: 'A page; `next` is the cursor of the one behind it.' },
    handle: list,
  },
  {
    ...base,
    path: '/audit/key',
    operationId: 'getAuditKey',
    summary:
      'The public key (Ed25519, as JWK) of the checkpoints; keep it elsewhere, and `audit verify --key` its `x`.',
    replies: { 200: 'The key.' },
    handle: async (ctx) => Promise.resolve({ status: 200, body: { ...showAuditKey(ctx) } }),
  },
];
