import { bodySize } from './body-size/policy.ts';
import { cors } from './cors/policy.ts';
import { headers } from './headers/policy.ts';
import { ipAccess } from './ip-access/policy.ts';
import type { PolicyDefinition } from './policy.ts';
import { rateLimit } from './rate-limit/policy.ts';
import { rewrite } from './rewrite/policy.ts';

/** Every policy that a configuration can name. */
export const POLICIES: readonly PolicyDefinition<unknown>[] = [ipAccess, cors, rateLimit, bodySize, headers, rewrite];

export function policyByName(name: string): PolicyDefinition<unknown> | undefined {
  return POLICIES.find((policy) => policy.name === name);
}
