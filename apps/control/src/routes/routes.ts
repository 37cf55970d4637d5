import { ALERT_ROUTES } from './alert-routes.ts';
import { AUDIT_ROUTES } from './audit-routes.ts';
import { CATALOG_ROUTES } from './catalog-routes.ts';
import { CONFIGURATION_ROUTES } from './configuration-routes.ts';
import { ENTITY_ROUTES } from './entity-routes.ts';
import { IMPORT_ROUTE } from './import-route.ts';
import { LIFECYCLE_ROUTES } from './lifecycle-routes.ts';
import { MOVE_ROUTES } from './move-routes.ts';
import { PEOPLE_ROUTES } from './people-routes.ts';
import { PASSKEY_ROUTES } from './passkey-routes.ts';
import { SIGN_OUT_ROUTES } from './sign-out-routes.ts';
import { SINGLE_SIGN_ON_ROUTES } from './single-sign-on-routes.ts';
import { CALLS_ROUTES } from './calls-routes.ts';
import { LEDGER_ROUTES } from './ledger-routes.ts';
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

/** All operations of the admin API. */
export const ROUTES: readonly Route[] = [
  ME,
  ...AUDIT_ROUTES,
  ...ALERT_ROUTES,
  ...CALLS_ROUTES,
  ...LEDGER_ROUTES,
  IMPORT_ROUTE,
  ...STANDARDS_ROUTES,
  ...CATALOG_ROUTES,
  ...CONFIGURATION_ROUTES,
  ...ENTITY_ROUTES,
  ...MOVE_ROUTES,
  ...LIFECYCLE_ROUTES,
  ...PEOPLE_ROUTES,
  ...PASSKEY_ROUTES,
  ...SIGN_OUT_ROUTES,
  ...SINGLE_SIGN_ON_ROUTES,
];
