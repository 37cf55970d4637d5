import type { Examination } from './examination.ts';
import type { PlanSchema } from './plan-schema.ts';

/** Does the value fit? Tells the examination where not. */
export type Check = (value: unknown, examination: Examination) => boolean;

export interface SchemaSetOptions {
  readonly direction: 'request' | 'reply';
  /** A request may hold what only replies have. */
  readonly allowsReadOnly: boolean;
}

/** What makes checks out of the schemas inside a schema. */
export interface Checks {
  readonly options: SchemaSetOptions;
  check(schema: PlanSchema): Check;
  /** One regular expression, matched in linear time. */
  pattern(source: string): { test(text: string, spend: (steps: number) => void): boolean };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
