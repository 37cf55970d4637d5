import { isObject, listOf, namedOf, objectOf, textOf, type JsonObject } from '../document/json-value.ts';
import { operationsOf, pathItemsOf } from './operations.ts';
import { References } from './references.ts';
import type { OperationSite } from './rule.ts';
import { shapeOf } from './schema-type.ts';

/** Schemas are compared so deep; what lies deeper is left to `gatehouse breaking`. */
const LEVELS_MAX = 8;
const COMPARED_MAX = 20_000;

interface Side {
  readonly references: References;
  readonly operations: ReadonlyMap<string, OperationSite>;
}

/** What surely breaks callers of the earlier version: a coarse look; `gatehouse breaking` has the fine one. */
export function breaksOf(before: JsonObject, now: JsonObject): readonly string[] {
  return new Comparison(sideOf(before), sideOf(now)).run();
}

function sideOf(root: JsonObject): Side {
  const references = new References(root);
  const operations = new Map<string, OperationSite>();
  for (const item of pathItemsOf(root, references)) {
    if (item.direction !== 'path') continue;
    for (const operation of operationsOf(item, references)) {
      operations.set(`${operation.method.toUpperCase()} ${operation.template.replace(/\{[^{}]*\}/g, '{}')}`, operation);
    }
  }
  return { references, operations };
}

class Comparison {
  readonly #before: Side;
  readonly #now: Side;
  readonly #breaks: string[] = [];
  #compared = 0;

  constructor(before: Side, now: Side) {
    this.#before = before;
    this.#now = now;
  }

  run(): readonly string[] {
    for (const [key, before] of this.#before.operations) {
      const name = `${before.method.toUpperCase()} ${before.template}`;
      const now = this.#now.operations.get(key);
      if (now === undefined) this.#breaks.push(`${name} is gone`);
      else this.#operation(name, before, now);
    }
    return this.#breaks;
  }

  #operation(name: string, before: OperationSite, now: OperationSite): void {
    const known = new Map(before.parameters.map(({ node }) => [keyOf(node), node]));
    for (const { node } of now.parameters) {
      const isNewlyAsked = node['required'] === true && known.get(keyOf(node))?.['required'] !== true;
      if (isNewlyAsked && node['in'] !== 'path')
        this.#breaks.push(`${name} asks for \`${textOf(node['name']) ?? ''}\``);
    }
    for (const { status, node } of before.responses) {
      if (!status.startsWith('2')) continue;
      const reply = now.responses.find((one) => one.status === status);
      if (reply === undefined) this.#breaks.push(`${name} answers ${status} no more`);
      else this.#content({ name, before: node, now: reply.node, sent: false });
    }
    if (before.requestBody !== undefined && now.requestBody !== undefined) {
      this.#content({ name, before: before.requestBody.node, now: now.requestBody.node, sent: true });
    }
  }

  #content({ name, before, now, sent }: Pair): void {
    const types = objectOf(now['content']);
    for (const [type, media] of namedOf(before['content'])) {
      const other = Object.hasOwn(types, type) ? types[type] : undefined;
      if (other === undefined) this.#breaks.push(`${name} knows \`${type}\` no more`);
      else {
        const pair = { before: objectOf(media)['schema'], now: objectOf(other)['schema'] };
        this.#schema({ name, ...pair, sent }, LEVELS_MAX);
      }
    }
  }

  #schema({ name, before, now, sent }: Schemas, levels: number): void {
    const old = this.#before.references.siteOf(before, [])?.node;
    const next = this.#now.references.siteOf(now, [])?.node;
    if (old === undefined || next === undefined || levels === 0 || ++this.#compared > COMPARED_MAX) return;
    const was = shapeOf(old);
    const is = shapeOf(next);
    const isOther = was.length > 0 && is.length > 0 && !was.some((type) => is.includes(type));
    if (isOther) this.#breaks.push(`${name}: ${was.join(' or ')} became ${is.join(' or ')}`);
    const had = objectOf(old['properties']);
    const has = objectOf(next['properties']);
    if (sent) this.#required(name, old, next);
    for (const [property, part] of namedOf(had)) {
      const other = Object.hasOwn(has, property) ? has[property] : undefined;
      if (other !== undefined) this.#schema({ name, before: part, now: other, sent }, levels - 1);
      else if (!sent && isObject(next['properties'])) this.#breaks.push(`${name}: \`${property}\` is gone`);
    }
    this.#schema({ name, before: old['items'], now: next['items'], sent }, levels - 1);
  }

  #required(name: string, before: JsonObject, now: JsonObject): void {
    const known = new Set(listOf(before['required']));
    const asked = listOf(now['required']).find((property) => !known.has(property));
    if (typeof asked === 'string') this.#breaks.push(`${name}: \`${asked}\` became required`);
  }
}

interface Pair {
  readonly name: string;
  readonly before: JsonObject;
  readonly now: JsonObject;
  /** Whether callers send it. */
  readonly sent: boolean;
}

interface Schemas extends Omit<Pair, 'before' | 'now'> {
  readonly before: unknown;
  readonly now: unknown;
}

function keyOf(parameter: JsonObject): string {
  return `${textOf(parameter['in']) ?? ''} ${textOf(parameter['name']) ?? ''}`;
}
