import { isObject, listOf, namedOf, objectOf, type JsonObject, type Path } from '../../document/json-value.ts';
import { ExampleSchemas } from '../example-schemas.ts';
import { isPlainJson } from '../media-type.ts';
import type { Rule, RuleContext, Site } from '../rule.ts';

const present: Rule = {
  id: 'D09',
  severity: 'warning',
  axis: 'documentation',
  summary: 'Bodies of requests and of successful replies have an example.',
  why: 'An example is what people copy first, what mocks answer and what a model imitates.',
  bad: 'paths:\n  /users:\n    get: { responses: { "200": { content: { application/json: { schema: { type: object } } } } } }\n',
  good: 'paths:\n  /users:\n    get: { responses: { "200": { content: { application/json: { example: { name: Ada } } } } } }\n',
  since: '0.1.0',
  hooks: ({ report, resolve }) => {
    const looked = new Set<JsonObject>();
    const shown = new Shown(resolve);
    const look = (of: string, { node, path }: Site): void => {
      for (const [type, value] of namedOf(node['content'])) {
        const media = resolve(value);
        if (media === undefined || looked.has(media) || !isPlainJson(type)) continue;
        looked.add(media);
        if (!shown.byMedia(media)) report(`the ${of} has no example`, [...path, 'content', type]);
      }
    };
    return {
      operation: ({ requestBody, responses }) => {
        if (requestBody !== undefined) look('body', requestBody);
        for (const reply of responses) if (reply.status.startsWith('2')) look('reply', reply);
      },
    };
  },
};

const DEPTH_MAX = 50;

/** Whether people would know what a value looks like. */
class Shown {
  readonly #resolve: RuleContext['resolve'];
  readonly #known = new Map<JsonObject, boolean>();

  constructor(resolve: RuleContext['resolve']) {
    this.#resolve = resolve;
  }

  byMedia(media: JsonObject): boolean {
    if (media['example'] !== undefined || namedOf(media['examples']).length > 0) return true;
    return this.#bySchema(media['schema'], 0);
  }

  /** By an example of its own, or by one of each of its parts. */
  #bySchema(value: unknown, depth: number): boolean {
    // Nobody writes an example of that.
    if (depth > DEPTH_MAX) return true;
    const schema = this.#resolve(value);
    if (schema === undefined) return false;
    const known = this.#known.get(schema);
    if (known !== undefined) return known;
    // What it comes back to by itself is shown if the rest is.
    this.#known.set(schema, true);
    const isShown = this.#byItself(schema) || this.#byParts(schema, depth + 1);
    this.#known.set(schema, isShown);
    return isShown;
  }

  #byItself(schema: JsonObject): boolean {
    if (['example', 'default', 'const'].some((field) => schema[field] !== undefined)) return true;
    return listOf(schema['examples']).length > 0 || listOf(schema['enum']).length > 0 || schema['type'] === 'boolean';
  }

  #byParts(schema: JsonObject, depth: number): boolean {
    const properties = namedOf(schema['properties']);
    const all = listOf(schema['allOf']);
    const parts = [
      ...properties.map(([, each]) => each),
      ...all,
      ...(isObject(schema['items']) ? [schema['items']] : []),
    ];
    if (parts.length > 0 && parts.every((part) => this.#bySchema(part, depth))) return true;
    return [...listOf(schema['oneOf']), ...listOf(schema['anyOf'])].some((branch) => this.#bySchema(branch, depth));
  }
}

interface Held {
  readonly schema: unknown;
  readonly value: unknown;
  readonly path: Path;
  readonly what: string;
}

const valid: Rule = {
  id: 'D10',
  severity: 'error',
  axis: 'documentation',
  summary: 'Examples and defaults fit their schema.',
  why: 'A wrong example is copied as faithfully as a right one, and makes the schema doubtful.',
  bad: 'components:\n  schemas:\n    Age: { type: integer, example: ten }\n',
  good: 'components:\n  schemas:\n    Age: { type: integer, example: 10 }\n',
  since: '0.1.0',
  hooks: (lint) => {
    const held: Held[] = [];
    const hold = (node: JsonObject, path: Path): void => {
      const { schema } = node;
      if (schema === undefined) return;
      if (node['example'] !== undefined)
        held.push({ schema, value: node['example'], path: [...path, 'example'], what: 'the example' });
      for (const [name, example] of namedOf(node['examples'])) {
        const site = lint.siteOf(example, [...path, 'examples', name]);
        if (site === undefined) continue;
        for (const field of ['value', 'dataValue']) {
          const value = site.node[field];
          if (value !== undefined)
            held.push({ schema, value, path: [...site.path, field], what: `the example \`${name}\`` });
        }
      }
    };
    return {
      mediaType: ({ node, path, type }) => {
        if (isPlainJson(type)) hold(node, path);
      },
      parameter: ({ node, path }) => hold(node, path),
      header: ({ node, path, of }) => {
        // Of headers, each use is told: they are looked at where they are written.
        if (of === undefined || path.at(-2) === 'headers') hold(node, path);
      },
      schema: ({ node, path }) => {
        if (node['example'] !== undefined)
          held.push({ schema: node, value: node['example'], path: [...path, 'example'], what: 'the example' });
        if (node['default'] !== undefined)
          held.push({ schema: node, value: node['default'], path: [...path, 'default'], what: 'the default' });
        for (const [index, value] of listOf(node['examples']).entries())
          held.push({ schema: node, value, path: [...path, 'examples', index], what: 'the example' });
      },
      end: () => check(held, lint),
    };
  },
};

/** Each once, however many refer to it. */
function check(held: readonly Held[], lint: RuleContext): void {
  const schemas = new ExampleSchemas(lint);
  const read = held.map((each) => ({ ...each, plan: schemas.read(each.schema) }));
  schemas.finish();
  const told = new Set<string>();
  for (const { plan, value, path, what } of read) {
    const problem = schemas.problem(plan, value);
    const place = JSON.stringify(path);
    if (problem === undefined || told.size === told.add(place).size) continue;
    lint.report(`${what} does not fit its schema: ${problem}`, path);
  }
}

export const EXAMPLE_RULES: readonly Rule[] = [present, valid];

/** Types of problems that say more than the status does. */
export function namesProblemType(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value !== 'about:blank';
}

export function problemTypesIn(media: JsonObject, { resolve }: RuleContext): boolean {
  const schema = resolve(media['schema']);
  const examples = [media['example'], ...namedOf(media['examples']).map(([, each]) => resolve(each)?.['value'])];
  if (schema !== undefined) examples.push(schema['example'], ...listOf(schema['examples']));
  if (examples.some((each) => namesProblemType(objectOf(each)['type']))) return true;
  const seen = new Set<JsonObject>();
  const left: unknown[] = [schema];
  while (left.length > 0) {
    const part = resolve(left.pop());
    if (part === undefined || seen.has(part)) continue;
    seen.add(part);
    left.push(...['allOf', 'oneOf', 'anyOf'].flatMap((field) => listOf(part[field])));
    const type = resolve(objectOf(part['properties'])['type']);
    if (type === undefined) continue;
    const named = [type['const'], type['example'], ...listOf(type['enum']), ...listOf(type['examples'])];
    if (named.some(namesProblemType)) return true;
  }
  return false;
}
