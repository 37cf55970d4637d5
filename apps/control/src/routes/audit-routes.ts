import { erasePerson, exportAudit, listAudit, PAGE_DEFAULT, PAGE_MAX, showAuditKey } from '@gatehouse/services';
import { Type } from 'typebox';
import { idOf, limitOf } from './entity-routes.ts';
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
  ...['/audit/export', '/workspaces/{workspace}/audit/export'].map((path): Route => ({
    ...base,
    path,
    operationId: path.includes('{workspace}') ? 'exportAudit' : 'exportAuditOfHouse',
    summary: `Takes ${path.includes('{workspace}') ? 'the chain of a workspace' : 'all chains'} away, signed, for \`gatehouse audit verify FILE\`.`,
    permission: 'audit:export',
    mediaType: 'application/x-ndjson',
    replies: { 200: 'A line each: keys, checkpoints, entries, and where chains end.' },
    handle: async (ctx) => ({ status: 200, lines: await exportAudit(ctx) }),
  })),
  {
    tag: 'people',
    method: 'POST',
    path: '/users/{id}/erase',
    operationId: 'eraseUser',
    summary:
      'Forgets a person: the user, and for good what the audit says of it. Entries stay, and so do their hashes.',
    permission: 'users:erase',
    once: true,
    replies: { 200: 'It is done.' },
    handle: async (ctx, { params }) => ({ status: 200, body: { ...(await erasePerson(ctx, idOf(params))).result } }),
  },
];
