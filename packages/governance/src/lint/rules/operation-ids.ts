import { textOf } from '../../document/json-value.ts';
import { isCase, wordsOf } from '../case-style.ts';
import { segmentsOf } from '../path-template.ts';
import type { OperationSite, Rule } from '../rule.ts';
import { isVerb, singularOf } from '../words.ts';

const operationIds: Rule = {
  id: 'C11',
  severity: 'error',
  axis: 'consistency',
  summary: 'Each operation has an operationId: unique, safe in a URL, a verb and a noun.',
  why: 'Generated clients, tools of agents, logs and links name operations by it.',
  bad: 'paths:\n  /users:\n    get: {}\n    post: { operationId: create users }\n',
  good: 'paths:\n  /users:\n    get: { operationId: listUsers }\n    post: { operationId: createUser }\n',
  since: '0.1.0',
  options: ['operationIdCase'],
  hooks: ({ options, report }) => {
    const taken = new Map<string, OperationSite>();
    return {
      operation: (operation) => {
        const { node, path, direction } = operation;
        const id = textOf(node['operationId']);
        if (id === undefined || id === '') {
          if (direction === 'path') report('the operation has no operationId', path);
          return;
        }
        const at = [...path, 'operationId'];
        const first = taken.get(id);
        if (first === undefined) taken.set(id, operation);
        else if (first.node !== node) report(`\`${id}\` is also ${first.method.toUpperCase()} ${first.template}`, at);
        const style = options.operationIdCase;
        if (!/^[\w.~:/-]+$/.test(id)) report(`\`${id}\` is not safe in a URL`, at);
        else if (style !== 'any' && !isCase(id, style)) report(`\`${id}\` is not ${style}`, at, 'warning');
        else if (BARE.has(id.toLowerCase())) report(`\`${id}\` names no thing`, at, 'info');
        else if (namesNoAct(id, operation)) report(`\`${id}\` begins with no verb`, at, 'info');
      },
    };
  },
};

/** Whether it begins with the thing that the path names: `users`, `userList`. Anything else may be a verb. */
function namesNoAct(id: string, { template, direction }: OperationSite): boolean {
  const [first] = wordsOf(id);
  if (first === undefined || direction !== 'path' || isVerb(first)) return false;
  const things = segmentsOf(template).flatMap(({ literal }) => wordsOf(literal));
  return things.some((thing) => singularOf(thing) === singularOf(first)) && !DOUBTFUL.has(first);
}

/** Acts that say nothing without the thing. */
const BARE = new Set([
  'get',
  'list',
  'create',
  'update',
  'delete',
  'add',
  'remove',
  'find',
  'fetch',
  'post',
  'put',
  'patch',
]);
/** Acts that paths name as things. */
const DOUBTFUL = new Set([
  'search',
  'login',
  'logout',
  'import',
  'export',
  'upload',
  'download',
  'report',
  'test',
  'sync',
]);

export const OPERATION_ID_RULES: readonly Rule[] = [operationIds];
