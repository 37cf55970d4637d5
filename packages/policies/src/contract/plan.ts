import type { ParameterPlace } from '../openapi-operations.ts';
import type { PlanSchema } from '@gatehouse/schema';
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
  readonly responses: readonly ResponsePlan[];
}

export interface ResponsePlan {
  /** As written: `200`, `2XX`, `default`. */
  readonly status: string;
  readonly media: readonly MediaPlan[];
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
