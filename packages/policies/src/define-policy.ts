import type { PolicyDefinition, PolicyHooks, PolicyTools, Stage } from './policy.ts';

export interface PolicyShape<C> {
  readonly name: string;
  readonly stage: Stage;
  build(config: C, tools: PolicyTools): PolicyHooks;
}

/**
 * Closes a policy over its own config type, so that policies of all kinds stand in one table.
 *
 * A snapshot is made by the configuration room alone, which puts into it what the policy's own schema made of the file
 * (`PolicyForm.parse`): defaulted and checked. That is the guarantee behind the type. A worker does not check once more,
 * because the checker costs some 25 MB a thread.
 */
export function definePolicy<C>(shape: PolicyShape<C>): PolicyDefinition {
  return {
    name: shape.name,
    stage: shape.stage,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    build: (config, tools) => shape.build(config as C, tools),
  };
}
