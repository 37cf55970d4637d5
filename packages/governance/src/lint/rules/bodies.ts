import { listOf, objectOf, type JsonObject } from '../../document/json-value.ts';
import { isPlainJson, mediaTypeName } from '../media-type.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { hasShape, shapeOf } from '../schema-type.ts';

const topLevel: Rule = {
  id: 'C16',
  severity: 'error',
  axis: 'consistency',
  summary: 'The top level of JSON is an object.',
  why: 'An array cannot be given a cursor or a total later without breaking every client.',
  bad: 'components:\n  responses:\n    Users: { content: { application/json: { schema: { type: array, items: {} } } } }\n',
  good: 'components:\n  responses:\n    Users: { content: { application/json: { schema: { type: object } } } }\n',
  since: '0.1.0',
  hooks: ({ report, resolve }) => ({
    mediaType: ({ node, path, type, of }) => {
      const schema = resolve(node['schema']);
      if (of === 'parameter' || !isPlainJson(type) || schema === undefined) return;
      const shape = topOf(schema, resolve);
      if (shape.length === 0 || shape.includes('object')) return;
      report(`the top level is ${shape.join(' or ')}; put it into an object`, [...path, 'schema']);
    },
  }),
};

/** What it may be in all; of alternatives, those that are known. */
function topOf(schema: JsonObject, resolve: RuleContext['resolve']): readonly string[] {
  const own = shapeOf(schema);
  if (own.length > 0) return own;
  const parts = ['allOf', 'oneOf', 'anyOf'].flatMap((name) => listOf(schema[name]));
  return [...new Set(parts.flatMap((part) => shapeOf(objectOf(resolve(part)))))];
}

const noBody: Rule = {
  id: 'C18',
  severity: 'error',
  axis: 'consistency',
  summary: 'GET and HEAD have no request body, and DELETE better has none.',
  why: 'Proxies and caches drop it, and some servers refuse the request (RFC 9110, section 9.3).',
  bad: 'paths:\n  /users:\n    get: { requestBody: { content: {} } }\n',
  good: 'paths:\n  /users:\n    post: { requestBody: { content: {} } }\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    operation: ({ node, path, method }) => {
      if (node['requestBody'] === undefined || !['get', 'head', 'trace', 'delete'].includes(method)) return;
      const severity = method === 'delete' ? 'warning' : 'error';
      report(`${method.toUpperCase()} has a body that proxies may drop`, [...path, 'requestBody'], severity);
    },
  }),
};

/** Also those of XML and of Kubernetes: what says that it is a patch. */
const PATCH_TYPE = /patch\b/;

const patch: Rule = {
  id: 'C24',
  severity: 'warning',
  axis: 'consistency',
  summary: 'PATCH takes a merge patch or a JSON patch.',
  why: 'Under plain JSON it stays open whether null removes a value and what becomes of a list.',
  bad: 'paths:\n  /users/{id}:\n    patch: { requestBody: { content: { application/json: {} } } }\n',
  good: 'paths:\n  /users/{id}:\n    patch: { requestBody: { content: { application/merge-patch+json: {} } } }\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    operation: ({ method, requestBody }) => {
      const types = Object.keys(objectOf(requestBody?.node['content']));
      if (method !== 'patch' || requestBody === undefined || types.length === 0) return;
      if (types.some((type) => PATCH_TYPE.test(mediaTypeName(type)))) return;
      report('PATCH takes neither `application/merge-patch+json` nor `application/json-patch+json`', [
        ...requestBody.path,
        'content',
      ]);
    },
  }),
};

const arrays: Rule = {
  id: 'C23',
  severity: 'warning',
  axis: 'consistency',
  summary: 'Parameters that are arrays say how they are written.',
  why: '`a=1&a=2` and `a=1,2` are both usual; what is left to defaults is guessed differently on both sides.',
  bad: 'paths:\n  /users:\n    get:\n      parameters: [{ name: ids, in: query, schema: { type: array } }]\n',
  good: 'paths:\n  /users:\n    get:\n      parameters: [{ name: ids, in: query, style: form, explode: true, schema: { type: array } }]\n',
  since: '0.1.0',
  hooks: ({ report, resolve }) => ({
    parameter: ({ node, path }) => {
      if (!hasShape(resolve(node['schema']), 'array')) return;
      const missing = ['style', 'explode'].filter((field) => node[field] === undefined);
      if (missing.length > 0) report(`the array says nothing of its ${missing.join(' and ')}`, path);
    },
  }),
};

export const BODY_RULES: readonly Rule[] = [topLevel, noBody, patch, arrays];
