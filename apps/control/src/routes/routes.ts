import { fingerprintOf, listAudit, PAGE_DEFAULT, PAGE_MAX, ServiceError } from '@gatehouse/services';
import { Type } from 'typebox';
import { CONFIGURATION_ROUTES } from './configuration-routes.ts';
import { ENTITY_ROUTES, limitOf } from './entity-routes.ts';
import { IMPORT_ROUTE } from './import-route.ts';
import { LIFECYCLE_ROUTES } from './lifecycle-routes.ts';
import { MOVE_ROUTES } from './move-routes.ts';
import { PEOPLE_ROUTES } from './people-routes.ts';
import { PASSKEY_ROUTES } from './passkey-routes.ts';
import { SIGN_OUT_ROUTES } from './sign-out-routes.ts';
import { SINGLE_SIGN_ON_ROUTES } from './single-sign-on-routes.ts';
import { STANDARDS_ROUTES } from './standards-routes.ts';
import type { Route } from './route.ts';

const ME: Route = {
  tag: 'me',
  method: 'GET',
  path: '/me',
  operationId: 'getMe',
  summary: 'Who asks.',
  permission: 'self',
  replies: { 200: 'Who you are here.' },
  handle: async ({ principal: { kind, id, name } }) => Promise.resolve({ status: 200, body: { kind, id, name } }),
};

const AUDIT: Route = {
  tag: 'audit',
  method: 'GET',
  path: '/workspaces/{workspace}/audit',
  operationId: 'listAudit',
  summary: 'Who has changed what: a chain of entries, the oldest first.',
  permission: 'audit:read',
  query: {
    limit: Type.Integer({ minimum: 1, maximum: PAGE_MAX, default: PAGE_DEFAULT }),
    cursor: Type.Integer({ minimum: 0, description: '`next` of the page before.' }),
    entity: Type.String({ description: 'Only those of one entity: `api api_…`.' }),
  },
  replies: { 200: 'A page; `next` is the cursor of the one behind it.' },
  handle: async (ctx, { query }) => {
    const after = query['cursor'] === undefined ? undefined : Number(query['cursor']) || 0;
    return {
      status: 200,
      body: { ...(await listAudit(ctx, { entity: query['entity'], after, limit: limitOf(query) })) },
    };
  },
};

const AUDIT_KEY: Route = {
  tag: 'audit',
  method: 'GET',
  path: '/audit-key',
  operationId: 'getAuditKey',
  summary: 'By which checkpoints of audits are signed: keep it elsewhere, and verify exports with it.',
  permission: 'self',
  replies: { 200: 'The public key, Ed25519, as 32 bytes in base64url.' },
  handle: async ({ signer }) => {
    if (signer === undefined) throw new ServiceError('admin.not_found', 'audits are not signed here');
    const key = signer.publicKey;
    return Promise.resolve({ status: 200, body: { algorithm: 'Ed25519', key, fingerprint: fingerprintOf(key) } });
  },
};

/** All operations of the admin API. */
export const ROUTES: readonly Route[] = [
  ME,
  AUDIT,
  AUDIT_KEY,
  IMPORT_ROUTE,
  ...STANDARDS_ROUTES,
  ...CONFIGURATION_ROUTES,
  ...ENTITY_ROUTES,
  ...MOVE_ROUTES,
  ...LIFECYCLE_ROUTES,
  ...PEOPLE_ROUTES,
  ...PASSKEY_ROUTES,
  ...SIGN_OUT_ROUTES,
  ...SINGLE_SIGN_ON_ROUTES,
];
