import { isObject, listOf, namedOf, objectOf, type JsonObject, type Path } from '../../document/json-value.ts';
import type { Rule, RuleContext, SchemaSite } from '../rule.ts';
import { hasShape, isClosedList, shapeOf } from '../schema-type.ts';

interface Limit {
  readonly shape: 'array' | 'string' | 'integer';
  readonly isBounded: (schema: JsonObject) => boolean;
  readonly message: string;
}

/** What is asked of each schema of a shape, unless what it is composed with bounds it. */
const limiting =
  ({ shape, isBounded, message }: Limit): Rule['hooks'] =>
  ({ report, resolve, options, version }) => {
    const unbounded: SchemaSite[] = [];
    const bounded = new Set<unknown>();
    const partsOf = (value: unknown): readonly JsonObject[] => listOf(value).map((part) => objectOf(resolve(part)));
    const isElse = (schema: JsonObject): boolean => isBounded(schema) || isOther(schema, shape);
    return {
      reference: ({ node }) => {
        if (version !== '3.0' && isBounded(node)) bounded.add(resolve(node));
      },
      schema: (site) => {
        const { node } = site;
        if (site.isTest || (options.limits === 'requests' && !site.inRequest)) return;
        const all = partsOf(node['allOf']);
        const alternatives = [...partsOf(node['oneOf']), ...partsOf(node['anyOf'])];
        if (isBounded(node) || all.some(isBounded)) {
          for (const part of [node, ...all, ...alternatives]) bounded.add(part);
        } else if (alternatives.length > 0 && alternatives.every(isElse)) bounded.add(node);
        if (hasShape(node, shape)) unbounded.push(site);
      },
      end: () => {
        for (const { node, path } of unbounded) if (!bounded.has(node)) report(message, path);
      },
    };
  };

function isOther(schema: JsonObject, shape: string): boolean {
  return schema['type'] !== undefined && !shapeOf(schema).includes(shape);
}

const isNumber = (value: unknown): boolean => typeof value === 'number';

const has =
  (...names: readonly string[]) =>
  (schema: JsonObject): boolean =>
    isClosedList(schema) || names.some((name) => schema[name] !== undefined);

/** `items: false` closes a tuple. */
function hasItemsMax(schema: JsonObject): boolean {
  const isTuple = Array.isArray(schema['prefixItems']) && (schema['items'] ?? schema['unevaluatedItems']) === false;
  return has('maxItems')(schema) || isTuple;
}

const arrays: Rule = {
  id: 'S10',
  severity: 'error',
  axis: 'security',
  summary: 'Arrays have `maxItems`: those that callers send, or all.',
  why: 'A list without an end fills memory before anything looks at it.',
  bad: 'paths:\n  /users:\n    post: { requestBody: { content: { application/json: { schema: { type: array, items: {} } } } } }\n',
  good: 'paths:\n  /users:\n    post: { requestBody: { content: { application/json: { schema: { type: array, maxItems: 9, items: {} } } } } }\n',
  since: '0.1.0',
  options: ['limits'],
  hooks: limiting({ shape: 'array', isBounded: hasItemsMax, message: 'the array has no `maxItems`' }),
};

const texts: Rule = {
  id: 'S11',
  severity: 'error',
  axis: 'security',
  summary: 'Texts have a greatest length, or a form: those that callers send, or all.',
  why: 'Whoever reads them has to keep all of it, however long it is.',
  bad: 'paths:\n  /users:\n    get: { parameters: [{ name: q, in: query, schema: { type: string } }] }\n',
  good: 'paths:\n  /users:\n    get: { parameters: [{ name: q, in: query, schema: { type: string, maxLength: 100 } }] }\n',
  since: '0.1.0',
  options: ['limits'],
  hooks: limiting({
    shape: 'string',
    // Bytes are `format: binary` in 3.0, and have no limit of their own in 3.1 either.
    isBounded: has('maxLength', 'format', 'pattern', 'contentEncoding', 'contentMediaType'),
    message: 'the text has no `maxLength`, `format`, `pattern` or `enum`',
  }),
};

/** In 3.0, `exclusiveMinimum` is a boolean beside `minimum`; later it is the bound itself. */
function hasBothBounds(schema: JsonObject): boolean {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
  const isBounded = [minimum, exclusiveMinimum].some(isNumber) && [maximum, exclusiveMaximum].some(isNumber);
  return isBounded || isClosedList(schema);
}

const integers: Rule = {
  id: 'S12',
  severity: 'warning',
  axis: 'security',
  summary: 'Integers have bounds: those that callers send, or all.',
  why: 'Numbers that nobody thought of overflow, page through everything, or wait for ever.',
  bad: 'paths:\n  /users:\n    get: { parameters: [{ name: limit, in: query, schema: { type: integer } }] }\n',
  good: 'paths:\n  /users:\n    get: { parameters: [{ name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 100 } }] }\n',
  since: '0.1.0',
  options: ['limits'],
  hooks: limiting({
    shape: 'integer',
    isBounded: hasBothBounds,
    message: 'the integer has no `minimum` and `maximum`',
  }),
};

const closed: Rule = {
  id: 'S09',
  severity: 'warning',
  axis: 'security',
  summary: 'Objects that callers send take no fields that nobody named, or only so many.',
  why: 'A field that slips through, such as `role`, may be written to the database (mass assignment).',
  bad: 'paths:\n  /users:\n    post: { requestBody: { content: { application/json: { schema: { type: object, properties: { a: {} } } } } } }\n',
  good: 'paths:\n  /users:\n    post: { requestBody: { content: { application/json: { schema: { type: object, additionalProperties: false } } } } }\n',
  since: '0.1.0',
  hooks: (lint) => {
    const open = new Map<JsonObject, Path>();
    const members = new Set<unknown>();
    return {
      schema: ({ node, path, inRequest, isTest }) => {
        if (!inRequest || isTest) return;
        const parts = membersOf(node, lint);
        for (const part of parts) members.add(part);
        if (isClosed(node)) return;
        // Before 3.1, nothing can close what is composed.
        if (parts.length > 0 ? lint.version !== '3.0' : isOpenObject(node)) open.set(node, path);
      },
      end: () => {
        for (const [node, path] of open) {
          if (!members.has(node)) lint.report(`the object takes any other field; write ${closing(node)}`, path);
        }
      },
    };
  },
};

function closing(schema: JsonObject): string {
  if (isObject(schema['additionalProperties'])) return '`maxProperties`';
  return isObject(schema['properties']) && schema['allOf'] === undefined
    ? '`additionalProperties: false`'
    : '`unevaluatedProperties: false`';
}

/** The parts that describe one object together: none of them can be closed by itself. */
function membersOf(schema: JsonObject, { resolve }: RuleContext): readonly JsonObject[] {
  const ofList = (name: string): readonly JsonObject[] => listOf(schema[name]).map((part) => objectOf(resolve(part)));
  const hasOwn = isObject(schema['properties']);
  const all = ofList('allOf');
  // In 3.0, `allOf` with one reference is how a description is put beside it.
  const together = all.length > 1 || hasOwn ? all : [];
  const alternatives = hasOwn || all.length > 0 ? [...ofList('oneOf'), ...ofList('anyOf')] : [];
  return [...together, ...alternatives].filter((part) => hasShape(part, 'object') || part['allOf'] !== undefined);
}

function isClosed(schema: JsonObject): boolean {
  const { additionalProperties: more, unevaluatedProperties: others, propertyNames } = schema;
  if (more === false || others === false || isClosedList(schema)) return true;
  return schema['maxProperties'] !== undefined || isClosedList(objectOf(propertyNames));
}

/** What only chooses among others is as open as these are. */
function isOpenObject(schema: JsonObject): boolean {
  if (!hasShape(schema, 'object')) return false;
  const chooses = ['allOf', 'oneOf', 'anyOf'].some((name) => listOf(schema[name]).length > 0);
  return !chooses || namedOf(schema['properties']).length > 0;
}

export const LIMIT_RULES: readonly Rule[] = [arrays, texts, integers, closed];
