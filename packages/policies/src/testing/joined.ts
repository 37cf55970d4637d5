import type { PolicyForm } from '@gatehouse/config';
import { policyByName } from '../policies.ts';
import { POLICY_SCHEMAS } from '../policy-schemas.ts';
import type { PolicyDefinition } from '../policy.ts';

/** A policy as a file uses it: how it is written and what it does in one. */
export type JoinedPolicy = PolicyDefinition & PolicyForm;

/** Both halves of a policy, found in their tables; `build` takes a config as people write it. */
export function joined(name: string): JoinedPolicy {
  const form = POLICY_SCHEMAS.find((each) => each.name === name);
  const definition = policyByName(name);
  if (form === undefined || definition === undefined) throw new Error(`${name} stands in one table only, or in none.`);
  return { ...form, ...definition, build: (config, tools) => definition.build(form.parse(config), tools) };
}
