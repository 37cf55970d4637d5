import { isMetric, type Condition, type Dimension, type Metric } from '@gatehouse/analytics';
import type { Entity } from '@gatehouse/store';
import type { Static, TObject } from 'typebox';
import { readInput } from '../entities/read-input.ts';
import { alertSchema } from '../kinds/alert-kinds.ts';
import type { OfCalls } from './whose-calls.ts';

export type AlertRule = Static<typeof alertSchema>;

/** What people have written of an entity, as its schema has it. */
export function writtenOf<Schema extends TObject>(schema: Schema, { data }: Entity): Static<Schema> {
  const members = Object.keys(schema.properties).flatMap((name) => (name in data ? [[name, data[name]] as const] : []));
  return readInput(schema, Object.fromEntries(members));
}

export function ruleOf(entity: Entity): AlertRule {
  return writtenOf(alertSchema, entity);
}

export function metricOf(name: string): Metric {
  if (isMetric(name)) return name;
  throw new Error(`there is no metric ${name}`);
}

/** What a reader of a condition gets. */
export interface AlertQuery {
  readonly ofCalls: OfCalls;
  readonly where: readonly Condition[];
  readonly by: readonly Dimension[];
}

export function queryOf({ api, version, plan, application, where = [], by = [] }: AlertRule): AlertQuery {
  return {
    ofCalls: { api, version, plan, application },
    where: where.map(({ dimension, values, not = false }) => ({ dimension, values, ...(not && { not }) })),
    by,
  };
}
