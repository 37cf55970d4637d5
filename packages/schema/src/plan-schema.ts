/** A schema of JSON Schema 2020-12 in the words that decide something; `$ref` is a number in a list of them. */
export type PlanSchema = boolean | PlanSchemaObject;

export interface PlanSchemaObject {
  readonly $ref?: number;
  readonly type?: readonly JsonType[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly multipleOf?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly prefixItems?: readonly PlanSchema[];
  readonly items?: PlanSchema;
  readonly contains?: PlanSchema;
  readonly minContains?: number;
  readonly maxContains?: number;
  readonly unevaluatedItems?: PlanSchema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly dependentRequired?: Readonly<Record<string, readonly string[]>>;
  readonly properties?: Readonly<Record<string, PlanSchema>>;
  readonly patternProperties?: Readonly<Record<string, PlanSchema>>;
  readonly additionalProperties?: PlanSchema;
  readonly propertyNames?: PlanSchema;
  readonly dependentSchemas?: Readonly<Record<string, PlanSchema>>;
  readonly unevaluatedProperties?: PlanSchema;
  readonly allOf?: readonly PlanSchema[];
  readonly anyOf?: readonly PlanSchema[];
  readonly oneOf?: readonly PlanSchema[];
  readonly not?: PlanSchema;
  readonly if?: PlanSchema;
  readonly then?: PlanSchema;
  readonly else?: PlanSchema;
  /** Properties that only replies have, or only requests. */
  readonly readOnly?: readonly string[];
  readonly writeOnly?: readonly string[];
}

export const JSON_TYPES = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'] as const;
export type JsonType = (typeof JSON_TYPES)[number];
