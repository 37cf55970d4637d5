import type { PolicyForm } from '@gatehouse/config';
import * as bodySize from './body-size/schema.ts';
import * as cors from './cors/schema.ts';
import * as headers from './headers/schema.ts';
import * as ipAccess from './ip-access/schema.ts';
import { policySchema } from './policy-schema.ts';
import * as rateLimit from './rate-limit/schema.ts';
import * as rewrite from './rewrite/schema.ts';

/** How every policy is written, in the order of `POLICIES`; for whoever reads configurations. Loads TypeBox. */
export const POLICY_SCHEMAS: readonly PolicyForm[] = [
  policySchema('ip-access', ipAccess),
  policySchema('cors', cors),
  policySchema('rate-limit', rateLimit),
  policySchema('body-size', bodySize),
  policySchema('headers', headers),
  policySchema('rewrite', rewrite),
];
