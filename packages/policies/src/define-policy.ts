import { GatehouseError } from '@gatehouse/kernel';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { PolicyDefinition, PolicyHooks, PolicyTools, Stage } from './policy.ts';
import { sourceForm } from './source-form.ts';

export interface PolicyShape<S extends TSchema> {
  readonly name: string;
  readonly stage: Stage;
  readonly summary: string;
  /** As TypeBox sees the defaulted config: what has a default is there. */
  readonly schema: S;
  build(config: Static<S>, tools: PolicyTools): PolicyHooks;
}

/**
 * Closes a policy over its own config type, so that policies of all kinds stand in one table: `build` takes whatever
 * the snapshot holds, checks and defaults it in this one place, and the policy sees nothing but its finished config.
 */
export function definePolicy<S extends TSchema>(shape: PolicyShape<S>): PolicyDefinition<unknown> {
  const schema = sourceForm(shape.schema);
  return {
    name: shape.name,
    stage: shape.stage,
    summary: shape.summary,
    schema,
    build(config, tools) {
      requireMatch(shape.name, schema, config); // before defaulting, which trusts what it walks through
      const complete = Value.Default(shape.schema, Value.Clone(config));
      requireMatch(shape.name, shape.schema, complete);
      return shape.build(complete, tools);
    },
  };
}

function requireMatch<S extends TSchema>(name: string, schema: S, config: unknown): asserts config is Static<S> {
  if (Value.Check(schema, config)) return;
  const [first] = Value.Errors(schema, config);
  const where = first?.instancePath ?? '';
  throw new GatehouseError('config.invalid', `${name}${where}: ${first?.message ?? 'does not match its schema'}`);
}
