import { configJsonSchema } from '@gatehouse/config';
import { POLICY_SCHEMAS } from '@gatehouse/policies/schemas';

/** `gatehouse schema`: the JSON Schema of gatehouse.yaml, for editors. */
export function schema(): string {
  return JSON.stringify(configJsonSchema(POLICY_SCHEMAS), null, 2);
}
