import { GatehouseError } from '@gatehouse/kernel';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { PolicyDefinition, PolicyHooks, PolicyTools, Stage } from './policy.ts';

export interface PolicyShape<S extends TSchema> {
  readonly name: string;
  readonly stage: Stage;
  readonly summary: string;
  readonly schema: S;
  build(config: Static<S>, tools: PolicyTools): PolicyHooks;
}

/**
 * Closes a policy over its own config type, so that policies of all kinds stand in one table: `build` takes whatever
 * the snapshot holds, defaults and checks it in this one place, and the policy sees nothing but its finished config.
 */
export function definePolicy<S extends TSchema>(shape: PolicyShape<S>): PolicyDefinition<unknown> {
  const { name, stage, summary, schema } = shape;
  return {
    name,
    stage,
    summary,
    schema,
    build(config, tools) {
      const complete = Value.Default(schema, Value.Clone(config));
      requireMatch(name, schema, complete);
      return shape.build(complete, tools);
    },
  };
}

function requireMatch<S extends TSchema>(name: string, schema: S, config: unknown): asserts config is Static<S> {
  if (Value.Check(schema, config)) return;
  const [first] = Value.Errors(schema, config);
  const where = name + (first?.instancePath ?? '');
  throw new GatehouseError('config.invalid', `${where} ${first?.message ?? 'does not match its schema'}`);
}
