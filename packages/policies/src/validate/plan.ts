import type { ParameterPlace } from '../openapi-operations.ts';
import type { MediaKind } from './media-type.ts';

/** What workers get of an OpenAPI document: plain data, references resolved, everything else left out. */
export interface Plan {
  /** Those that are referred to, by their numbers. */
  readonly schemas: readonly PlanSchema[];
  readonly operations: readonly OperationPlan[];
  /** Some schema asks what no other has looked at, so that everybody keeps account. */
  readonly tracks: boolean;
}

export interface OperationPlan {
  readonly method: string;
  /** With the base path. */
  readonly path: string;
  readonly parameters: readonly ParameterPlan[];
  /** Parameters of the query that are no business of the operation: credentials. */
  readonly knownQuery: readonly string[];
  readonly body: { readonly required: boolean; readonly media: readonly MediaPlan[] } | undefined;
  readonly responses: readonly { readonly status: string; readonly media: readonly MediaPlan[] }[];
}

export interface ParameterPlan {
  readonly name: string;
  readonly in: ParameterPlace;
  readonly required: boolean;
  readonly style: 'simple' | 'form' | 'spaceDelimited' | 'pipeDelimited' | 'deepObject';
  readonly explode: boolean;
  readonly allowEmpty: boolean;
  /** Of a parameter that is written in a media type of its own. */
  readonly media: MediaKind | undefined;
  readonly schema: PlanSchema;
}

export interface MediaPlan {
  /** Lower case, without parameters; `*` where the document has one. */
  readonly type: string;
  readonly schema: PlanSchema | undefined;
}

/** A schema of JSON Schema 2020-12 in the words that decide something; `$ref` is a number of `Plan.schemas`. */
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
