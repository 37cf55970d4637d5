import type { PolicyForm } from '@gatehouse/config';
import { GatehouseError } from '@gatehouse/kernel';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';

/** What each policy's `schema.ts` exports. */
export interface SchemaModule {
  /** One sentence for the manual. */
  readonly summary: string;
  /** Of the complete config: what has a default may be left out in the source. Checks, positions, docs and forms come from it. */
  readonly schema: TSchema;
  /** See `PolicyForm`. */
  readonly compile?: PolicyForm['compile'];
  /** See `PolicyForm`. */
  readonly paths?: PolicyForm['paths'];
}

/** The one place where a policy's config is defaulted and checked; what it gives is what the policy is built from. */
export function policySchema(name: string, { summary, schema, compile, paths }: SchemaModule): PolicyForm {
  return {
    name,
    summary,
    schema,
    ...(compile !== undefined && { compile }),
    ...(paths !== undefined && { paths }),
    parse(config) {
      const complete = Value.Default(schema, Value.Clone(config));
      if (Value.Check(schema, complete)) return complete;
      const [first] = Value.Errors(schema, complete);
      const where = name + (first?.instancePath ?? '');
      throw new GatehouseError('config.invalid', `${where} ${first?.message ?? 'does not match its schema'}`);
    },
  };
}
