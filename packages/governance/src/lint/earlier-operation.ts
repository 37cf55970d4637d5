import { isObject, namedOf, valueAt, type JsonObject } from '../document/json-value.ts';
import { pathItemsOf } from './operations.ts';
import { References } from './references.ts';
import type { OperationSite, PathItemSite } from './rule.ts';

export interface Earlier {
  readonly item: JsonObject | undefined;
  /** Undefined for an operation that is new. */
  readonly node: JsonObject | undefined;
}

/** Where an operation stands in the earlier version, in whatever way the parameters of its path are named there. */
export function earlierOf(operation: OperationSite, previous: JsonObject): Earlier {
  const item = earlierItem(operation.pathItem, previous);
  return { item, node: item === undefined ? undefined : operationsIn(item).get(operation.method) };
}

/** The same for templates that take the same addresses. */
export function shapeOfTemplate(template: string): string {
  return template.replace(/\{[^{}]*\}/g, '{}');
}

function earlierItem(item: PathItemSite, previous: JsonObject): JsonObject | undefined {
  if (item.direction === 'callback') {
    const found = valueAt(previous, item.path);
    return isObject(found) ? found : undefined;
  }
  const items = itemsOf(previous);
  return items.get(exactKey(item)) ?? items.get(shapeKey(item));
}

type Item = Pick<PathItemSite, 'direction' | 'template'>;
const exactKey = ({ direction, template }: Item): string => `${direction} ${template}`;
const shapeKey = ({ direction, template }: Item): string => `${direction} like ${shapeOfTemplate(template)}`;

const ITEMS = new WeakMap<JsonObject, ReadonlyMap<string, JsonObject>>();

function itemsOf(root: JsonObject): ReadonlyMap<string, JsonObject> {
  const known = ITEMS.get(root);
  if (known !== undefined) return known;
  const items = pathItemsOf(root, new References(root));
  const made = new Map(items.flatMap((item) => [exactKey(item), shapeKey(item)].map((key) => [key, item.node])));
  ITEMS.set(root, made);
  return made;
}

const OPERATIONS = new WeakMap<JsonObject, ReadonlyMap<string, JsonObject>>();

/** By method, in lower case. */
function operationsIn(item: JsonObject): ReadonlyMap<string, JsonObject> {
  const known = OPERATIONS.get(item);
  if (known !== undefined) return known;
  const made = new Map<string, JsonObject>();
  for (const [method, node] of [...namedOf(item['additionalOperations']), ...namedOf(item)]) {
    if (isObject(node)) made.set(method.toLowerCase(), node);
  }
  OPERATIONS.set(item, made);
  return made;
}
