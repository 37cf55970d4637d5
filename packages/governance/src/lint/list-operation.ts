import { namedOf, objectOf, textOf, type JsonObject } from '../document/json-value.ts';
import { wordsOf } from './case-style.ts';
import { segmentsOf } from './path-template.ts';
import type { OperationSite, RuleContext } from './rule.ts';
import { isPlainJson } from './media-type.ts';
import { hasShape } from './schema-type.ts';

const ITEM_NAMES = new Set([
  'items',
  'data',
  'results',
  'values',
  'records',
  'entries',
  'elements',
  'content',
  'value',
]);

/** The schema of the page that a list operation answers with; undefined for operations that list nothing. */
export function pageOf(
  { method, direction, template, responses }: OperationSite,
  lint: RuleContext,
): JsonObject | undefined {
  const last = segmentsOf(template).at(-1);
  if (method !== 'get' || direction !== 'path' || last === undefined || last.parameters.length > 0) return undefined;
  const reply = responses.find(({ status }) => status === '200' || status.toUpperCase() === '2XX');
  for (const [type, media] of namedOf(reply?.node['content'])) {
    const schema = lint.resolve(objectOf(lint.resolve(media))['schema']);
    if (schema === undefined || !isPlainJson(type)) continue;
    if (hasShape(schema, 'array') || holdsItems(schema, { lint, name: last.literal })) return schema;
  }
  return undefined;
}

/** An object with one list under a name that lists have, or under the name of the resource. */
function holdsItems(
  schema: JsonObject,
  { lint, name }: { readonly lint: RuleContext; readonly name: string },
): boolean {
  const own = wordsOf(name).join('_');
  return propertiesOf(schema, lint).some(([property, value]) => {
    const isItems = ITEM_NAMES.has(property.toLowerCase()) || wordsOf(property).join('_') === own;
    return isItems && hasShape(lint.resolve(value), 'array');
  });
}

/** Its own, and those of what it is composed of, one level deep. */
export function propertiesOf(schema: JsonObject, { resolve }: RuleContext): readonly (readonly [string, unknown])[] {
  const parts = Array.isArray(schema['allOf']) ? schema['allOf'].map((part) => objectOf(resolve(part))) : [];
  return [schema, ...parts].flatMap((part) => namedOf(part['properties']));
}

/** Whether a POST makes a thing under the path: by its reply, its name, or because the thing has an address there. */
export function isCreate({ method, direction, template, node, responses }: OperationSite, root: JsonObject): boolean {
  if (method !== 'post' || direction !== 'path') return false;
  const last = segmentsOf(template).at(-1);
  if (last === undefined || last.parameters.length > 0 || last.text !== last.literal) return false;
  if (responses.some(({ status }) => status === '201')) return true;
  if (/^(?:create|add|new|register)(?![a-z])/.test(textOf(node['operationId']) ?? '')) return true;
  return hasItems(root, template);
}

const ITEMS_BY_ROOT = new WeakMap<JsonObject, ReadonlySet<string>>();

/** Whether a path goes on from this one with nothing but a parameter. */
function hasItems(root: JsonObject, template: string): boolean {
  let parents = ITEMS_BY_ROOT.get(root);
  if (parents === undefined) {
    const paths = Object.keys(objectOf(root['paths'])).filter((path) => /\/\{[^{}/]+\}$/.test(path));
    parents = new Set(paths.map((path) => path.slice(0, path.lastIndexOf('/'))));
    ITEMS_BY_ROOT.set(root, parents);
  }
  return parents.has(template);
}
