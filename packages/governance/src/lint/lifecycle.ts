import { objectOf, textOf, type JsonObject, type Path } from '../document/json-value.ts';
import { earlierOf } from './earlier-operation.ts';
import type { OperationSite, RuleContext } from './rule.ts';

/** Written at an operation, or for all of them at its path or at `info`. */
export function writtenFor(operation: OperationSite, root: JsonObject, field: string): { value: unknown; path: Path } {
  const { node, path, pathItem } = operation;
  if (node[field] !== undefined) return { value: node[field], path: [...path, field] };
  if (pathItem.node[field] !== undefined) return { value: pathItem.node[field], path: [...pathItem.path, field] };
  const info = objectOf(root['info']);
  if (info[field] !== undefined) return { value: info[field], path: ['info', field] };
  return { value: root[field], path: root[field] === undefined ? path : [field] };
}

/** Of the whole API: at `info`, or at the root. */
export function writtenOfApi(root: JsonObject, field: string): { value: unknown; path: Path } {
  const value = objectOf(root['info'])[field];
  if (value !== undefined) return { value, path: ['info', field] };
  return { value: root[field], path: root[field] === undefined ? ['info'] : [field] };
}

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/i;

/** Milliseconds since 1970 of a date of RFC 3339, with or without a time; undefined for anything else. */
export function timeOf(value: unknown): number | undefined {
  const text = textOf(value);
  if (text === undefined || !DATE.test(text)) return undefined;
  const time = Date.parse(text);
  // Date.parse takes the 31st of February for a day in March.
  if (Number.isNaN(time) || !isDay(text)) return undefined;
  return time;
}

function isDay(text: string): boolean {
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text.slice(0, 10);
}

export function daysBetween(fromMs: number, toMs: number): number {
  return Math.floor((toMs - fromMs) / DAY_MS);
}

/**
 * What the earlier version says of the operation, for itself or for all. Of an operation that is new, what it said in
 * the place that the operation has it from now.
 */
export function earlierField(operation: OperationSite, lint: Pick<RuleContext, 'previous'>, field: string): unknown {
  const { previous } = lint;
  if (previous === undefined) return undefined;
  const ofApi = writtenOfApi(previous, field).value;
  const { item, node } = earlierOf(operation, previous);
  if (node !== undefined) return node[field] ?? item?.[field] ?? ofApi;
  if (operation.node[field] !== undefined) return undefined;
  return operation.pathItem.node[field] === undefined ? ofApi : item?.[field];
}
