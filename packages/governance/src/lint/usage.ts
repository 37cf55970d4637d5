import { isObject, listOf, namedOf, textOf, type JsonObject, type Path } from '../document/json-value.ts';
import type { References } from './references.ts';
import type { OperationSite, Site } from './rule.ts';
import { schemaParts } from './schema-parts.ts';

export const REQUEST = 1;
export const RESPONSE = 2;

interface Reached extends Site {
  uses: number;
}

/** Which schemas callers send, and which they receive: through references, each schema at most twice. */
export class Usage {
  readonly #references: References;
  readonly #reached = new Map<JsonObject, Reached>();
  readonly #waiting: { readonly value: unknown; readonly path: Path; readonly use: number }[] = [];

  constructor(references: References) {
    this.#references = references;
  }

  of(schema: JsonObject): number {
    return this.#reached.get(schema)?.uses ?? 0;
  }

  /** All that was reached, also what stands in places where no walk over the document would look. */
  get reached(): Iterable<Site> {
    return this.#reached.values();
  }

  addOperation({ node, path, direction, parameters, requestBody, responses }: OperationSite): void {
    const sent = direction === 'path' ? REQUEST : RESPONSE;
    const received = direction === 'path' ? RESPONSE : REQUEST;
    for (const parameter of parameters) this.addParameter(parameter, sent);
    if (requestBody !== undefined) this.addContent(requestBody, sent);
    else if (isObject(node['requestBody'])) this.addContent({ node: node['requestBody'], path }, sent);
    for (const response of responses) this.addResponse(response, received);
  }

  addParameter(site: Site, use: number): void {
    this.#add(site.node['schema'], [...site.path, 'schema'], use);
    this.addContent(site, use);
  }

  addResponse(site: Site, use: number): void {
    this.addContent(site, use);
    for (const [name, header] of namedOf(site.node['headers'])) {
      const found = this.#references.siteOf(header, [...site.path, 'headers', name]);
      if (found !== undefined) this.addParameter(found, use);
    }
  }

  addContent({ node, path }: Site, use: number): void {
    for (const [type, media] of namedOf(node['content'])) {
      const site = this.#references.siteOf(media, [...path, 'content', type]);
      if (site === undefined) continue;
      for (const field of ['schema', 'itemSchema']) this.#add(site.node[field], [...site.path, field], use);
    }
  }

  #add(value: unknown, path: Path, use: number): void {
    this.#waiting.push({ value, path, use });
    for (let next = this.#waiting.pop(); next !== undefined; next = this.#waiting.pop()) this.#reach(next);
  }

  #reach({ value, path, use: asked }: { readonly value: unknown; readonly path: Path; readonly use: number }): void {
    if (!isObject(value)) return;
    const use = asked & usesLeft(value);
    if (use === 0) return;
    const ref = textOf(value['$ref']);
    const target = ref === undefined ? undefined : this.#references.target(ref);
    if (target !== undefined) this.#waiting.push({ value: target.node, path: target.path, use });
    const known = this.#reached.get(value);
    if (known !== undefined && (known.uses & use) === use) return;
    if (known === undefined) this.#reached.set(value, { node: value, path, uses: use });
    else known.uses |= use;
    for (const part of schemaParts(value, path)) this.#waiting.push({ value: part.value, path: part.path, use });
    this.#reachMapped(value, use);
  }

  /** Schemas that only a discriminator names. */
  #reachMapped(schema: JsonObject, use: number): void {
    const { discriminator } = schema;
    if (!isObject(discriminator)) return;
    for (const name of [...Object.values(asMap(discriminator['mapping'])), discriminator['defaultMapping']]) {
      if (typeof name !== 'string') continue;
      const target = this.#references.target(referenceOfMapping(name));
      if (target !== undefined) this.#waiting.push({ value: target.node, path: target.path, use });
    }
  }
}

/** What is `readOnly` no caller sends, and what is `writeOnly` none receives. */
function usesLeft({ readOnly, writeOnly }: JsonObject): number {
  return (readOnly === true ? 0 : REQUEST) | (writeOnly === true ? 0 : RESPONSE);
}

function asMap(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** A mapping names a schema, or refers to it. */
export function referenceOfMapping(name: string): string {
  return /^[\w.-]+$/.test(name) ? `#/components/schemas/${name}` : name;
}

/** Subtypes that nothing names: they extend a schema whose discriminator tells them apart. */
export function extendsDiscriminated(schema: JsonObject, references: References): boolean {
  return listOf(schema['allOf']).some((part) => {
    const base = references.siteOf(part, []);
    return base !== undefined && part !== base.node && isObject(base.node['discriminator']);
  });
}
