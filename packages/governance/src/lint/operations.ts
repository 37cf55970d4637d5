import { entriesOf, isObject, listOf, namedOf, textOf, type JsonObject, type Path } from '../document/json-value.ts';
import type { References } from './references.ts';
import type { Direction, OperationSite, PathItemSite, ResponseOf, Site } from './rule.ts';

export const METHODS: readonly string[] = [
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
  'query',
];

/** Parameters of one place, and methods of one path: more are no API, and cost their product. */
const OTHERS_MAX = 1000;

/** The operations of a path item, with what they take from it and from the components. */
export function operationsOf(item: PathItemSite, references: References): readonly OperationSite[] {
  const shared = parametersOf(item, references);
  const found: OperationSite[] = [];
  const add = (method: string, node: unknown, path: Path): void => {
    if (!isObject(node)) return;
    const site = { node, path };
    found.push({
      ...site,
      method,
      template: item.template,
      direction: item.direction,
      pathItem: item,
      parameters: merged(shared, parametersOf(site, references)),
      requestBody: references.siteOf(node['requestBody'], [...path, 'requestBody']),
      responses: responsesOf(site, references),
    });
  };
  for (const method of METHODS) add(method, item.node[method], [...item.path, method]);
  // Of OpenAPI 3.2: methods without a field of their own.
  for (const [method, node] of namedOf(item.node['additionalOperations']).slice(0, OTHERS_MAX)) {
    add(method.toLowerCase(), node, [...item.path, 'additionalOperations', method]);
  }
  return found;
}

function parametersOf({ node, path }: Site, references: References): readonly Site[] {
  const sites: Site[] = [];
  for (const [i, parameter] of listOf(node['parameters']).slice(0, OTHERS_MAX).entries()) {
    const site = references.siteOf(parameter, [...path, 'parameters', i]);
    if (site !== undefined) sites.push(site);
  }
  return sites;
}

function merged(shared: readonly Site[], own: readonly Site[]): readonly Site[] {
  if (shared.length === 0) return own;
  if (own.length === 0) return shared;
  const key = ({ node }: Site): string => `${textOf(node['in']) ?? ''} ${textOf(node['name']) ?? ''}`;
  const taken = new Set(own.map(key));
  return [...shared.filter((site) => !taken.has(key(site))), ...own];
}

function responsesOf({ node, path }: Site, references: References): readonly ResponseOf[] {
  const found: ResponseOf[] = [];
  for (const [status, response] of entriesOf(node['responses'])) {
    const site = references.siteOf(response, [...path, 'responses', status]);
    if (site !== undefined) found.push({ ...site, status });
  }
  return found;
}

/** Path items that stand in the document: paths, webhooks and those of components. Callbacks are found inside. */
export function pathItemsOf(root: JsonObject, references: References): readonly PathItemSite[] {
  const items: PathItemSite[] = [];
  const add = (from: unknown, { path, direction }: { path: Path; direction: Direction }): void => {
    for (const [template, item] of entriesOf(from)) {
      const templatePath = [...path, template];
      const site = references.siteOf(item, templatePath);
      if (site !== undefined) items.push({ ...site, template, templatePath, direction });
    }
  };
  add(root['paths'], { path: ['paths'], direction: 'path' });
  add(root['webhooks'], { path: ['webhooks'], direction: 'webhook' });
  return items;
}

/** What the API calls in the course of an operation. */
export function callbacksOf({ node, path }: Site, references: References): readonly PathItemSite[] {
  const items: PathItemSite[] = [];
  for (const [name, callback] of namedOf(node['callbacks'])) {
    const site = references.siteOf(callback, [...path, 'callbacks', name]);
    if (site === undefined) continue;
    for (const [template, item] of entriesOf(site.node)) {
      const templatePath = [...site.path, template];
      const found = references.siteOf(item, templatePath);
      if (found !== undefined) items.push({ ...found, template, templatePath, direction: 'callback' });
    }
  }
  return items;
}
