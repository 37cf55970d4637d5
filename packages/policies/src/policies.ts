import { authorize } from './authorize/policy.ts';
import { basic } from './basic/policy.ts';
import { clientCertificate } from './client-certificate/policy.ts';
import { forwardIdentity } from './forward-identity/policy.ts';
import { httpSignature } from './http-signature/policy.ts';
import { introspection } from './introspection/policy.ts';
import { jwt } from './jwt/policy.ts';
import { key } from './key/policy.ts';
import { bodySize } from './body-size/policy.ts';
import { cache } from './cache/policy.ts';
import { compose } from './compose/policy.ts';
import { compress } from './compress/policy.ts';
import { cors } from './cors/policy.ts';
import { headers } from './headers/policy.ts';
import { ipAccess } from './ip-access/policy.ts';
import { canary } from './canary/policy.ts';
import { drift } from './drift/policy.ts';
import { fault } from './fault/policy.ts';
import { maintenance } from './maintenance/policy.ts';
import { mirror } from './mirror/policy.ts';
import { mock } from './mock/policy.ts';
import { redirect } from './redirect/policy.ts';
import { lifecycle } from './lifecycle/policy.ts';
import { oidc } from './oidc/policy.ts';
import type { PolicyDefinition } from './policy.ts';
import { loadShed } from './load-shed/policy.ts';
import { idempotency } from './idempotency/policy.ts';
import { concurrency } from './concurrency/policy.ts';
import { jsonLimits } from './json-limits/policy.ts';
import { validate } from './validate/policy.ts';
import { quota } from './quota/policy.ts';
import { rateLimit } from './rate-limit/policy.ts';
import { capture } from './capture/policy.ts';
import { rewrite } from './rewrite/policy.ts';
import { transform } from './transform/policy.ts';

/** Every policy that a configuration can name, as a worker runs it; `POLICY_SCHEMAS` holds how they are written. */
export const POLICIES: readonly PolicyDefinition[] = [
  ipAccess,
  cors,
  maintenance,
  loadShed,
  key,
  basic,
  jwt,
  introspection,
  httpSignature,
  oidc,
  clientCertificate,
  authorize,
  lifecycle,
  rateLimit,
  quota,
  concurrency,
  jsonLimits,
  validate,
  drift,
  idempotency,
  bodySize,
  forwardIdentity,
  headers,
  rewrite,
  transform,
  redirect,
  mock,
  compose,
  fault,
  canary,
  mirror,
  compress,
  cache,
  capture,
];

export function policyByName(name: string): PolicyDefinition | undefined {
  return POLICIES.find((policy) => policy.name === name);
}
