import type { PolicyForm } from '@gatehouse/config';
import * as authorize from './authorize/schema.ts';
import * as basic from './basic/schema.ts';
import * as clientCertificate from './client-certificate/schema.ts';
import * as forwardIdentity from './forward-identity/schema.ts';
import * as httpSignature from './http-signature/schema.ts';
import * as introspection from './introspection/schema.ts';
import * as jwt from './jwt/schema.ts';
import * as key from './key/schema.ts';
import * as bodySize from './body-size/schema.ts';
import * as cache from './cache/schema.ts';
import * as compose from './compose/schema.ts';
import * as compress from './compress/schema.ts';
import * as cors from './cors/schema.ts';
import * as headers from './headers/schema.ts';
import * as ipAccess from './ip-access/schema.ts';
import * as canary from './canary/schema.ts';
import * as drift from './drift/schema.ts';
import * as fault from './fault/schema.ts';
import * as maintenance from './maintenance/schema.ts';
import * as mirror from './mirror/schema.ts';
import * as mock from './mock/schema.ts';
import * as redirect from './redirect/schema.ts';
import * as lifecycle from './lifecycle/schema.ts';
import * as oidc from './oidc/schema.ts';
import { policySchema } from './policy-schema.ts';
import * as loadShed from './load-shed/schema.ts';
import * as idempotency from './idempotency/schema.ts';
import * as concurrency from './concurrency/schema.ts';
import * as jsonLimits from './json-limits/schema.ts';
import * as validate from './validate/schema.ts';
import * as quota from './quota/schema.ts';
import * as rateLimit from './rate-limit/schema.ts';
import * as capture from './capture/schema.ts';
import * as rewrite from './rewrite/schema.ts';
import * as transform from './transform/schema.ts';

/** How every policy is written, in the order of `POLICIES`; for whoever reads configurations. Loads TypeBox. */
export const POLICY_SCHEMAS: readonly PolicyForm[] = [
  policySchema('ip-access', ipAccess),
  policySchema('cors', cors),
  policySchema('maintenance', maintenance),
  policySchema('load-shed', loadShed),
  policySchema('key', key),
  policySchema('basic', basic),
  policySchema('jwt', jwt),
  policySchema('introspection', introspection),
  policySchema('http-signature', httpSignature),
  policySchema('oidc', oidc),
  policySchema('client-certificate', clientCertificate),
  policySchema('authorize', authorize),
  policySchema('lifecycle', lifecycle),
  policySchema('rate-limit', rateLimit),
  policySchema('quota', quota),
  policySchema('concurrency', concurrency),
  policySchema('json-limits', jsonLimits),
  policySchema('validate', validate),
  policySchema('drift', drift),
  policySchema('idempotency', idempotency),
  policySchema('body-size', bodySize),
  policySchema('forward-identity', forwardIdentity),
  policySchema('headers', headers),
  policySchema('rewrite', rewrite),
  policySchema('transform', transform),
  policySchema('redirect', redirect),
  policySchema('mock', mock),
  policySchema('compose', compose),
  policySchema('fault', fault),
  policySchema('canary', canary),
  policySchema('mirror', mirror),
  policySchema('compress', compress),
  policySchema('cache', cache),
  policySchema('capture', capture),
];
