import { namedOf, objectOf, textOf, type JsonObject, type Path } from '../document/json-value.ts';
import { shapeOfTemplate } from './earlier-operation.ts';
import { operationsOf, pathItemsOf } from './operations.ts';
import { pathOfReference, References } from './references.ts';
import type { OperationSite, ResponseOf, RuleContext } from './rule.ts';

export interface Link {
  readonly from: OperationSite;
  readonly to: OperationSite;
  readonly path: Path;
}

/** Operations may share replies with many links: what lies beyond counts as new. */
const LOOKS_MAX = 1_000_000;

/** To which operations the replies of others lead. Only callers of paths follow links. */
export class Links {
  readonly #resolve: RuleContext['resolve'];
  readonly #byId = new Map<string, OperationSite>();
  readonly #byAddress = new Map<string, OperationSite>();
  readonly #byNode = new Map<JsonObject, OperationSite>();
  readonly #callable: OperationSite[] = [];
  readonly #byKey = new Map<string, OperationSite>();
  readonly #targets = new Map<string, ReadonlySet<string>>();
  #looks = 0;

  constructor(resolve: RuleContext['resolve']) {
    this.#resolve = resolve;
  }

  add(operation: OperationSite): void {
    const { node, direction } = operation;
    const id = textOf(node['operationId']);
    if (id !== undefined && !this.#byId.has(id)) this.#byId.set(id, operation);
    if (!this.#byNode.has(node)) this.#byNode.set(node, operation);
    if (direction !== 'path') return;
    this.#byAddress.set(addressOf(operation), operation);
    this.#byKey.set(keyOf(operation), operation);
    this.#callable.push(operation);
  }

  /** From operations that are asked for. What several of them reply with is told once. */
  *from(isAsked: (operation: OperationSite) => boolean): Iterable<Link> {
    const seen = new Set<JsonObject>();
    for (const from of this.#callable.filter(isAsked)) {
      for (const response of from.responses) {
        if (seen.has(response.node)) continue;
        seen.add(response.node);
        for (const found of this.#of(response)) yield { from, ...found };
      }
    }
  }

  #of({ node, path }: ResponseOf): readonly Omit<Link, 'from'>[] {
    return namedOf(node['links']).flatMap(([name, value]) => {
      const to = this.#targetOf(objectOf(this.#resolve(value)));
      return to === undefined ? [] : [{ to, path: [...path, 'links', name] }];
    });
  }

  /** Whether a reply of the one led to the other, whatever the parameters of their paths are called. */
  has(from: OperationSite, to: OperationSite): boolean {
    const key = keyOf(from);
    const known = this.#targets.get(key) ?? this.#targetsOf(this.#byKey.get(key));
    this.#targets.set(key, known);
    return known.has(keyOf(to));
  }

  #targetsOf(operation: OperationSite | undefined): ReadonlySet<string> {
    const targets = new Set<string>();
    for (const response of operation?.responses ?? []) {
      if (this.#looks > LOOKS_MAX) break;
      const links = this.#of(response);
      this.#looks += links.length + 1;
      for (const { to } of links) targets.add(keyOf(to));
    }
    return targets;
  }

  #targetOf(link: JsonObject): OperationSite | undefined {
    const id = textOf(link['operationId']);
    if (id !== undefined) return this.#byId.get(id);
    const ref = textOf(link['operationRef']) ?? '';
    const path = pathOfReference(ref);
    if (path === undefined) return undefined;
    const [field, template, method, more] = path;
    // The path item may be a reference, so that nothing stands at this pointer.
    const found = field === 'paths' && more === undefined ? this.#byAddress.get(`${method} ${template}`) : undefined;
    if (found !== undefined) return found;
    const node = this.#resolve({ $ref: ref });
    return node && this.#byNode.get(node);
  }
}

function addressOf({ method, template }: OperationSite): string {
  return `${method} ${template}`;
}

function keyOf({ direction, method, template }: OperationSite): string {
  return `${direction} ${method} ${shapeOfTemplate(template)}`;
}

/** Paths may share their path items, so that a small document has many operations. */
const OPERATIONS_MAX = 200_000;

export function linksIn(root: JsonObject): Links {
  const references = new References(root);
  const links = new Links((value) => references.siteOf(value, [])?.node);
  let count = 0;
  for (const item of pathItemsOf(root, references)) {
    for (const operation of operationsOf(item, references)) {
      links.add(operation);
      if (++count >= OPERATIONS_MAX) return links;
    }
  }
  return links;
}
