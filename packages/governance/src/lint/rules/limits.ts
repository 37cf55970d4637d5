import { listOf, namedOf } from '../../document/json-value.ts';
import type { Rule, SchemaSite } from '../rule.ts';
import { hasShape } from '../schema-type.ts';

/** What is written to say how large something may be, on a schema that callers send. */
const limiting =
  (
    shape: 'array' | 'string' | 'integer',
    { fields, message }: { readonly fields: (site: SchemaSite) => boolean; readonly message: string },
  ): Rule['hooks'] =>
  ({ report }) => ({
    schema: (site) => {
      if (!site.inRequest || !hasShape(site.node, shape) || fields(site)) return;
      report(message, site.path);
    },
  });

const has =
  (...names: readonly string[]) =>
  ({ node }: SchemaSite): boolean =>
    names.some((name) => node[name] !== undefined);

const arrays: Rule = {
  id: 'S10',
  severity: 'error',
  axis: 'security',
  summary: 'Arrays that callers send have `maxItems`.',
  why: 'A list without an end fills memory before anything looks at it.',
  bad: 'paths:\n  /users:\n    post: { requestBody: { content: { application/json: { schema: { type: array, items: {} } } } } }\n',
  good: 'paths:\n  /users:\n    post: { requestBody: { content: { application/json: { schema: { type: array, maxItems: 9, items: {} } } } } }\n',
  since: '0.1.0',
  hooks: limiting('array', { fields: has('maxItems', 'enum', 'const'), message: 'the array has no `maxItems`' }),
};

const texts: Rule = {
  id: 'S11',
  severity: 'error',
  axis: 'security',
  summary: 'Texts that callers send have a greatest length, or a form.',
  why: 'Whoever reads them has to keep all of it, however long it is.',
  bad: 'paths:\n  /users:\n    get: { parameters: [{ name: q, in: query, schema: { type: string } }] }\n',
  good: 'paths:\n  /users:\n    get: { parameters: [{ name: q, in: query, schema: { type: string, maxLength: 100 } }] }\n',
  since: '0.1.0',
  hooks: limiting('string', {
    fields: has('maxLength', 'enum', 'const', 'format', 'pattern', 'x-extensible-enum'),
    message: 'the text has no `maxLength`, `format`, `pattern` or `enum`',
  }),
};

const integers: Rule = {
  id: 'S12',
  severity: 'warning',
  axis: 'security',
  summary: 'Integers that callers send have bounds.',
  why: 'Numbers that nobody thought of overflow, page through everything, or wait for ever.',
  bad: 'paths:\n  /users:\n    get: { parameters: [{ name: limit, in: query, schema: { type: integer } }] }\n',
  good: 'paths:\n  /users:\n    get: { parameters: [{ name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 100 } }] }\n',
  since: '0.1.0',
  hooks: limiting('integer', {
    fields: (site) =>
      has('enum', 'const', 'format')(site) ||
      (has('minimum', 'exclusiveMinimum')(site) && has('maximum', 'exclusiveMaximum')(site)),
    message: 'the integer has no `minimum` and `maximum`, nor a `format`',
  }),
};

const closed: Rule = {
  id: 'S09',
  severity: 'warning',
  axis: 'security',
  summary: 'Objects that callers send take no fields that nobody named.',
  why: 'A field that slips through, such as `role`, may be written to the database (mass assignment).',
  bad: 'paths:\n  /users:\n    post: { requestBody: { content: { application/json: { schema: { type: object, properties: { a: {} } } } } } }\n',
  good: 'paths:\n  /users:\n    post: { requestBody: { content: { application/json: { schema: { type: object, additionalProperties: false } } } } }\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    schema: (site) => {
      const { node, path, inRequest } = site;
      if (!inRequest || !hasShape(node, 'object') || listOf(node['allOf']).length > 0) return;
      if (namedOf(node['properties']).length === 0 && node['additionalProperties'] === undefined) return;
      const { additionalProperties: more, unevaluatedProperties: others } = node;
      if (more === false || others === false || (more !== undefined && more !== true)) return;
      if (has('maxProperties')(site)) return;
      report('the object takes any other field; write `additionalProperties: false`', path);
    },
  }),
};

export const LIMIT_RULES: readonly Rule[] = [arrays, texts, integers, closed];
