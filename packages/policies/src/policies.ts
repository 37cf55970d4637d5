import { bodySize } from './body-size/policy.ts';
import { cors } from './cors/policy.ts';
import { headers } from './headers/policy.ts';
import { ipAccess } from './ip-access/policy.ts';
import type { PolicyDefinition } from './policy.ts';
import { rateLimit } from './rate-limit/policy.ts';
import { rewrite } from './rewrite/policy.ts';

/** Every policy that a configuration can name, as a worker runs it; `POLICY_SCHEMAS` holds how they are written. */
export const POLICIES: readonly PolicyDefinition[] = [ipAccess, cors, rateLimit, bodySize, headers, rewrite];

export function policyByName(name: string): PolicyDefinition | undefined {
  return POLICIES.find((policy) => policy.name === name);
}
