import {
  entriesOf,
  isObject,
  listOf,
  namedOf,
  objectOf,
  textOf,
  type JsonObject,
  type Path,
} from '../document/json-value.ts';
import { UnreadableDocument } from '../document/unreadable-document.ts';
import { callbacksOf, operationsOf, pathItemsOf } from './operations.ts';
import type { References } from './references.ts';
import type { Hooks, MediaTypeSite, OperationSite, PathItemSite, Site } from './rule.ts';
import { schemaParts, type SchemaPart } from './schema-parts.ts';
import { REQUEST, RESPONSE, Usage } from './usage.ts';

/** Hooks of all rules by name: what a walk calls. */
export type HooksByName = { readonly [Name in keyof Hooks]-?: readonly NonNullable<Hooks[Name]>[] };

/** Paths may refer to one path item, so that a small document has many. */
const OPERATIONS_MAX = 200_000;
const START = { line: 1, column: 1 };

/** Visits every node of a document once, in the order in which specifications list them; returns how many there are. */
export function walk(root: JsonObject, references: References, hooks: HooksByName): number {
  const items = pathItemsOf(root, references);
  const operations = new Map<PathItemSite, readonly OperationSite[]>();
  let count = 0;
  for (const item of items) {
    const own = operationsOf(item, references);
    count += own.length;
    if (count > OPERATIONS_MAX) throw new UnreadableDocument(`has more than ${OPERATIONS_MAX} operations`, START);
    operations.set(item, own);
  }
  return new Walk({ root, references, hooks, usage: usageOf(root, references, [...operations.values()].flat()) }).run(
    operations,
  );
}

/** Parts of components that no operation uses count for what they are made for. */
function usageOf(root: JsonObject, references: References, operations: readonly OperationSite[]): Usage {
  const usage = new Usage(references);
  const add = (operation: OperationSite): void => {
    usage.addOperation(operation);
    for (const item of callbacksOf(operation, references)) {
      for (const inner of operationsOf(item, references)) usage.addOperation(inner);
    }
  };
  for (const operation of operations) add(operation);
  const components = objectOf(root['components']);
  const each = (kind: string, use: (site: Site) => void): void => {
    for (const [name, value] of namedOf(components[kind])) {
      if (isObject(value) && value['$ref'] === undefined) use({ node: value, path: ['components', kind, name] });
    }
  };
  each('parameters', (site) => usage.addParameter(site, REQUEST));
  each('requestBodies', (site) => usage.addContent(site, REQUEST));
  each('responses', (site) => usage.addResponse(site, RESPONSE));
  each('headers', (site) => usage.addParameter(site, RESPONSE));
  return usage;
}

interface Given {
  readonly root: JsonObject;
  readonly references: References;
  readonly hooks: HooksByName;
  readonly usage: Usage;
}

class Walk {
  readonly #given: Given;
  readonly #hooks: HooksByName;
  readonly #seen = new Set<JsonObject>();
  /** Callbacks may lead to operations with callbacks, and so on: they wait here instead of on the stack. */
  readonly #calledBack: PathItemSite[] = [];

  constructor(given: Given) {
    this.#given = given;
    this.#hooks = given.hooks;
  }

  run(operations: ReadonlyMap<PathItemSite, readonly OperationSite[]>): number {
    const { root, usage } = this.#given;
    for (const hook of this.#hooks.document) hook({ node: root, path: [] });
    this.#servers(root, []);
    for (const field of ['paths', 'webhooks']) this.#referringItems(objectOf(root[field]), [field]);
    for (const [item, own] of operations) this.#pathItem(item, own);
    this.#callBack();
    this.#components(objectOf(root['components']));
    this.#callBack();
    for (const site of usage.reached) this.#schema(whole(site.node, site.path));
    for (const hook of this.#hooks.end) hook();
    return this.#seen.size;
  }

  /** The node, unless it was here before or is a reference; a hook is told of references. */
  #enter(value: unknown, path: Path): JsonObject | undefined {
    if (!isObject(value) || this.#seen.has(value)) return undefined;
    this.#seen.add(value);
    const ref = textOf(value['$ref']);
    if (ref === undefined) return value;
    const site = { node: value, path, ref, resolves: this.#given.references.resolves(ref) };
    for (const hook of this.#hooks.reference) hook(site);
    return undefined;
  }

  #servers(node: JsonObject, path: Path): void {
    for (const [i, server] of listOf(node['servers']).entries()) {
      const at = [...path, 'servers', i];
      const entered = this.#enter(server, at);
      if (entered !== undefined) for (const hook of this.#hooks.server) hook({ node: entered, path: at });
    }
  }

  #callBack(): void {
    for (let item = this.#calledBack.pop(); item !== undefined; item = this.#calledBack.pop()) {
      if (!this.#seen.has(item.node)) this.#pathItem(item, operationsOf(item, this.#given.references));
    }
  }

  #referringItems(items: JsonObject, path: Path): void {
    for (const [name, item] of entriesOf(items)) {
      if (typeof objectOf(item)['$ref'] === 'string') this.#enter(item, [...path, name]);
    }
  }

  #pathItem(item: PathItemSite, operations: readonly OperationSite[]): void {
    const { node, path } = item;
    for (const hook of this.#hooks.pathItem) hook(item);
    if (!this.#seen.has(node)) {
      this.#seen.add(node);
      this.#servers(node, path);
      this.#parameters(node, path);
    }
    for (const operation of operations) this.#operation(operation);
  }

  #operation(operation: OperationSite): void {
    const { node, path } = operation;
    for (const hook of this.#hooks.operation) hook(operation);
    if (this.#seen.has(node)) return;
    this.#seen.add(node);
    this.#servers(node, path);
    this.#parameters(node, path);
    this.#requestBody(node['requestBody'], [...path, 'requestBody']);
    for (const [status, response] of entriesOf(node['responses'])) {
      this.#response(response, [...path, 'responses', status]);
    }
    this.#callbacks(operation);
  }

  #callbacks(operation: OperationSite): void {
    const { references } = this.#given;
    for (const [name, callback] of namedOf(operation.node['callbacks'])) {
      this.#enter(callback, [...operation.path, 'callbacks', name]);
    }
    for (const item of callbacksOf(operation, references)) this.#calledBack.push(item);
  }

  #parameters(node: JsonObject, path: Path): void {
    for (const [i, parameter] of listOf(node['parameters']).entries()) {
      this.#parameter(parameter, [...path, 'parameters', i]);
    }
  }

  #parameter(value: unknown, path: Path): void {
    const node = this.#enter(value, path);
    if (node === undefined) return;
    for (const hook of this.#hooks.parameter) hook({ node, path });
    this.#schemaAt(node, path, 'schema');
    this.#content(node, path, 'parameter');
    this.#examples(node, path);
  }

  #requestBody(value: unknown, path: Path): void {
    const node = this.#enter(value, path);
    if (node === undefined) return;
    for (const hook of this.#hooks.requestBody) hook({ node, path });
    this.#content(node, path, 'request');
  }

  #response(value: unknown, path: Path): void {
    const node = this.#enter(value, path);
    if (node === undefined) return;
    for (const hook of this.#hooks.response) hook({ node, path });
    this.#headers(node, path, 'response');
    this.#content(node, path, 'response');
    for (const [name, link] of namedOf(node['links'])) this.#enter(link, [...path, 'links', name]);
  }

  #headers(node: JsonObject, path: Path, of: 'response' | 'encoding'): void {
    for (const [name, header] of namedOf(node['headers'])) {
      this.#header(header, { name, path: [...path, 'headers', name], of });
    }
  }

  #header(value: unknown, at: { name: string; path: Path; of: 'response' | 'encoding' | undefined }): void {
    const node = this.#enter(value, at.path);
    // A header has its name where it is used: each use is told, its schema is visited once.
    const resolved = node ?? this.#given.references.siteOf(value, at.path)?.node;
    if (resolved !== undefined) for (const hook of this.#hooks.header) hook({ node: resolved, ...at });
    if (node === undefined) return;
    this.#schemaAt(node, at.path, 'schema');
    this.#content(node, at.path, 'parameter');
    this.#examples(node, at.path);
  }

  #content(node: JsonObject, path: Path, of: MediaTypeSite['of']): void {
    for (const [type, value] of namedOf(node['content']))
      this.#media(value, { path: [...path, 'content', type], type, of });
  }

  #media(value: unknown, { path, type, of }: Omit<MediaTypeSite, 'node'>): void {
    const media = this.#enter(value, path);
    if (media === undefined) return;
    for (const hook of this.#hooks.mediaType) hook({ node: media, path, type, of });
    this.#schemaAt(media, path, 'schema');
    this.#schemaAt(media, path, 'itemSchema');
    this.#examples(media, path);
    for (const [name, encoding] of namedOf(media['encoding'])) {
      this.#headers(objectOf(encoding), [...path, 'encoding', name], 'encoding');
    }
  }

  /** References among examples; their values are anybody's data. */
  #examples(node: JsonObject, path: Path): void {
    for (const [name, example] of namedOf(node['examples'])) this.#enter(example, [...path, 'examples', name]);
  }

  #schemaAt(node: JsonObject, path: Path, field: string): void {
    this.#schema(whole(node[field], [...path, field]));
  }

  #schema({ value, path, property, isTest }: SchemaPart, component?: string): void {
    if (!isObject(value) || this.#seen.has(value)) return;
    const node = this.#enter(value, path);
    if (node !== undefined) {
      const uses = this.#given.usage.of(node);
      const inRequest = (uses & REQUEST) !== 0;
      const inResponse = (uses & RESPONSE) !== 0;
      for (const hook of this.#hooks.schema) hook({ node, path, inRequest, inResponse, property, component, isTest });
    }
    // From OpenAPI 3.1 on, a schema may say more beside a reference.
    for (const part of schemaParts(value, path, isTest)) this.#schema(part);
  }

  #components(components: JsonObject): void {
    const each = (kind: string, visit: (value: unknown, path: Path, name: string) => void): void => {
      for (const [name, value] of namedOf(components[kind])) visit(value, ['components', kind, name], name);
    };
    each('schemas', (value, path, name) => this.#schema(whole(value, path), name));
    each('parameters', (value, path) => this.#parameter(value, path));
    each('headers', (value, path, name) => {
      if (isObject(value) && !this.#seen.has(value)) this.#header(value, { name, path, of: undefined });
    });
    each('requestBodies', (value, path) => this.#requestBody(value, path));
    each('responses', (value, path) => this.#response(value, path));
    each('examples', (value, path) => void this.#enter(value, path));
    each('links', (value, path) => void this.#enter(value, path));
    each('mediaTypes', (value, path, type) => this.#media(value, { path, type, of: 'response' }));
    each('securitySchemes', (value, path, name) => {
      const node = this.#enter(value, path);
      if (node !== undefined) for (const hook of this.#hooks.securityScheme) hook({ node, path, name });
    });
    each('pathItems', (value, path, name) => this.#componentItem(value, path, name));
  }

  #componentItem(value: unknown, path: Path, name: string): void {
    if (isObject(value) && this.#seen.has(value)) return;
    const node = isObject(value) && typeof value['$ref'] === 'string' ? this.#enter(value, path) : objectOf(value);
    if (node === undefined) return;
    const item: PathItemSite = { node, path, template: name, templatePath: path, direction: 'webhook' };
    this.#pathItem(item, operationsOf(item, this.#given.references));
  }
}

/** A schema that describes a value on its own. */
function whole(value: unknown, path: Path): SchemaPart {
  return { value, path, property: undefined, isTest: false };
}
