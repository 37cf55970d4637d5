import { namedOf, objectOf, textOf, type JsonObject } from '../../document/json-value.ts';
import { isCreate } from '../list-operation.ts';
import type { OperationSite, ResponseOf, Rule, RuleContext } from '../rule.ts';
import { mediaTypeName } from '../media-type.ts';

const success: Rule = {
  id: 'C19',
  severity: 'warning',
  axis: 'consistency',
  summary: 'Creating answers 201 with Location, work for later 202, and 204 is empty.',
  why: 'Callers go by the status before they look at a body, and to the new thing by its Location.',
  bad: 'paths:\n  /users:\n    post: { responses: { "201": { content: {} } } }\n  /users/{id}:\n    delete: { responses: { "204": { content: { application/json: {} } } } }\n',
  good: 'paths:\n  /users:\n    post: { responses: { "201": { headers: { Location: {} } } } }\n  /users/{id}:\n    delete: { responses: { "204": {} } }\n',
  since: '0.1.0',
  hooks: (lint) => ({
    operation: (operation) => {
      if (operation.direction !== 'path') return;
      checkCreate(operation, lint);
      for (const response of operation.responses) checkStatus(operation, response, lint);
    },
  }),
};

function checkCreate(operation: OperationSite, { root, report }: RuleContext): void {
  const { responses, path } = operation;
  const answers = responses.filter(({ status }) => status.startsWith('2')).map(({ status }) => status.toUpperCase());
  if (answers.length === 0 || !isCreate(operation, root)) return;
  if (!answers.some((status) => CREATED.has(status))) {
    report('creates something and answers neither 201 nor 202', [...path, 'responses']);
  }
}

const CREATED = new Set(['201', '202', '2XX']);

function checkStatus({ method, path }: OperationSite, { status, node }: ResponseOf, { report }: RuleContext): void {
  const at = [...path, 'responses', status];
  const hasContent = namedOf(node['content']).length > 0;
  if (status === '201' && method === 'post' && !hasHeader(node, ['location'])) {
    report('201 says nothing of where the new thing is: there is no `Location` header', at);
  }
  if (status === '202' && !hasContent && !hasHeader(node, WHERE_WORK_IS)) {
    report('202 says nothing of where the work can be followed: there is no `Location` header and no body', at);
  }
  if ((status === '204' || status === '205') && hasContent) report(`${status} has no body, and here is one`, at);
  if (status === '200' && method === 'delete' && !hasContent) report('200 without a body is 204', at);
}

const WHERE_WORK_IS = ['location', 'operation-location', 'content-location', 'azure-asyncoperation'];

function hasHeader(response: JsonObject, names: readonly string[]): boolean {
  return namedOf(response['headers']).some(([name]) => names.includes(name.toLowerCase()));
}

const PROBLEMS = new Set(['application/problem+json', 'application/problem+xml']);

const problems: Rule = {
  id: 'C20',
  severity: 'error',
  axis: 'consistency',
  summary: 'Errors are application/problem+json (RFC 9457).',
  why: 'One shape of error for all APIs is one piece of code for all callers, the gate included.',
  bad: 'paths:\n  /users:\n    get: { responses: { "404": { content: { application/json: {} } } } }\n',
  good: 'paths:\n  /users:\n    get: { responses: { "404": { content: { application/problem+json: {} } } } }\n',
  since: '0.1.0',
  hooks: ({ report }) => {
    const told = new Set<JsonObject>();
    return {
      operation: ({ method, direction, path, responses }) => {
        if (direction !== 'path' || method === 'head') return;
        for (const { node, status, path: written } of responses) {
          if (!/^(?:[45]|default$)/.test(status) || told.has(node)) continue;
          told.add(node);
          const types = Object.keys(objectOf(node['content']));
          if (types.some((type) => PROBLEMS.has(mediaTypeName(type)))) continue;
          const answer =
            types.length === 0 ? 'without a body' : `with ${types.map((type) => `\`${type}\``).join(', ')}`;
          const isShared = written[0] === 'components';
          report(
            `answers ${isShared ? 'an error' : status} ${answer}, not with \`application/problem+json\``,
            isShared ? written : [...path, 'responses', status],
          );
        }
      },
    };
  },
};

const outcomes: Rule = {
  id: 'C21',
  severity: 'error',
  axis: 'consistency',
  summary: 'Each operation tells how it succeeds and how callers may fail.',
  why: 'What is not told, clients do not handle: they take an error for a result.',
  bad: 'paths:\n  /users:\n    get: { responses: { "200": {} } }\n',
  good: 'paths:\n  /users:\n    get: { responses: { "200": {}, "4XX": {} } }\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    operation: ({ node, path, method, direction }) => {
      if (direction !== 'path') return;
      const statuses = Object.keys(objectOf(node['responses']));
      const at = node['responses'] === undefined ? path : [...path, 'responses'];
      if (!statuses.some((status) => /^[123]/.test(status))) report('no response tells of success (2xx)', at);
      const isAside = method === 'options' || method === 'trace';
      if (!isAside && !statuses.some((status) => status.startsWith('4') || status === 'default')) {
        report('no response tells what callers may do wrong (4xx)', at);
      }
    },
  }),
};

const idempotency: Rule = {
  id: 'C25',
  severity: 'warning',
  axis: 'consistency',
  summary: 'Operations that create accept an Idempotency-Key.',
  why: 'A caller whose reply got lost cannot know whether to try again; with a key it can.',
  bad: 'paths:\n  /orders:\n    post: { operationId: createOrder, responses: { "201": {} } }\n',
  good: 'paths:\n  /orders:\n    post:\n      parameters: [{ name: Idempotency-Key, in: header }]\n      responses: { "201": {} }\n',
  since: '0.1.0',
  hooks: ({ root, report }) => ({
    operation: (operation) => {
      if (!isCreate(operation, root) || operation.parameters.some(isKey)) return;
      report('creates something and takes no `Idempotency-Key` header', operation.path);
    },
  }),
};

function isKey({ node }: { readonly node: JsonObject }): boolean {
  const name = textOf(node['name'])?.toLowerCase().replaceAll('_', '-') ?? '';
  return /^(?:x-)?idempotency-key$|^(?:request-id|client-token)$/.test(name);
}

export const REPLY_RULES: readonly Rule[] = [success, problems, outcomes, idempotency];
