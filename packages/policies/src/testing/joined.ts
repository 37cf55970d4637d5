import type { PolicyContext, PolicyForm } from '@gatehouse/config';
import { GatehouseError } from '@gatehouse/kernel';
import { policyByName } from '../policies.ts';
import { POLICY_SCHEMAS } from '../policy-schemas.ts';
import type { PolicyDefinition } from '../policy.ts';

/** A policy as a file uses it: how it is written and what it does in one. */
export type JoinedPolicy = PolicyDefinition & PolicyForm;

/** Any upstream is known, no file can be read. */
export const NO_CONTEXT: PolicyContext = {
  basePath: '',
  document: undefined,
  readText: (file) => {
    throw new Error(`this test has no file ${file}`);
  },
  upstream: (name) => name,
  problem: (why) => {
    throw new GatehouseError('config.invalid', why);
  },
};

/** Both halves of a policy, found in their tables; `build` takes a config as people write it. */
export function joined(name: string, context: PolicyContext = NO_CONTEXT): JoinedPolicy {
  const form = POLICY_SCHEMAS.find((each) => each.name === name);
  const definition = policyByName(name);
  if (form === undefined || definition === undefined) throw new Error(`${name} stands in one table only, or in none.`);
  const build: JoinedPolicy['build'] = (config, tools) => {
    const finished = form.parse(config);
    return definition.build(form.compile === undefined ? finished : form.compile(finished, context), tools);
  };
  return { ...form, ...definition, build };
}
