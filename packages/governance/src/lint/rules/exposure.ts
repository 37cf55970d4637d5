import { listOf, namedOf, objectOf, textOf, type JsonObject } from '../../document/json-value.ts';
import type { OperationSite, Rule } from '../rule.ts';
import { hasShape } from '../schema-type.ts';

const numbered: Rule = {
  id: 'S08',
  severity: 'warning',
  axis: 'security',
  summary: 'Ids in paths cannot be counted through.',
  why: 'Whoever has number 41 tries number 42.',
  bad: 'paths:\n  /users/{id}:\n    get: { parameters: [{ name: id, in: path, required: true, schema: { type: integer } }] }\n',
  good: 'paths:\n  /users/{id}:\n    get: { parameters: [{ name: id, in: path, required: true, schema: { type: string, format: uuid } }] }\n',
  since: '0.1.0',
  hooks: ({ report, resolve }) => ({
    parameter: ({ node, path }) => {
      const name = textOf(node['name']) ?? '';
      if (node['in'] !== 'path' || !/(?:^|[_-])id$|Id$/.test(name)) return;
      if (hasShape(resolve(node['schema']), 'integer')) report(`\`${name}\` is a number that can be guessed`, path);
    },
  }),
};

/** Undefined: the operation inherits none and names none. */
function waysOf({ node }: OperationSite, root: JsonObject): string {
  return JSON.stringify(node['security'] ?? root['security'] ?? []);
}

const admin: Rule = {
  id: 'S14',
  severity: 'error',
  axis: 'security',
  summary: 'Operations for administrators ask for something that others do not have.',
  why: 'Behind the same token for all, one mistake in the code makes everybody an administrator.',
  bad: 'security: [{ token: [] }]\npaths:\n  /users: { get: {} }\n  /admin/users: { get: {} }\n',
  good: 'security: [{ token: [] }]\npaths:\n  /users: { get: {} }\n  /admin/users: { get: { security: [{ token: [admin] }] } }\n',
  since: '0.1.0',
  hooks: ({ report, root }) => {
    const others = new Set<string>();
    const admins: OperationSite[] = [];
    return {
      operation: (site) => {
        if (site.direction !== 'path') return;
        if (/(?:^|\/)admin(?:\/|$)/i.test(site.template)) admins.push(site);
        else others.add(waysOf(site, root));
      },
      end: () => {
        for (const site of admins) {
          if (others.has(waysOf(site, root))) report('administrators need no more here than everybody', site.path);
        }
      },
    };
  },
};

const URL_NAME =
  /(?:^|[_-])(?:url|uri|callback|webhook|redirect)(?:[_-](?:url|uri))?$|(?:Url|Uri|URL|URI|Callback|Webhook)$/;

const addresses: Rule = {
  id: 'S15',
  severity: 'info',
  axis: 'security',
  summary: 'Addresses that callers send are looked at twice.',
  why: 'A server that fetches what it is told may be told to fetch from inside (SSRF).',
  bad: 'paths:\n  /hooks:\n    get: { parameters: [{ name: callback_url, in: query, schema: { type: string } }] }\n',
  good: 'paths:\n  /hooks:\n    get: { parameters: [{ name: hook_id, in: query, schema: { type: string } }] }\n',
  since: '0.1.0',
  hooks: ({ report, resolve }) => ({
    parameter: ({ node, path }) => {
      const name = textOf(node['name']) ?? '';
      const format = textOf(resolve(node['schema'])?.['format']) ?? '';
      if (URL_NAME.test(name) || format === 'uri' || format === 'url')
        report(`\`${name}\` is an address that callers choose`, path);
    },
    schema: ({ node, path, property, inRequest }) => {
      if (!inRequest || property === undefined || !hasShape(node, 'string')) return;
      const format = textOf(node['format']) ?? '';
      if (URL_NAME.test(property) || format === 'uri' || format === 'url')
        report(`\`${property}\` is an address that callers choose`, path);
    },
  }),
};

const inventory: Rule = {
  id: 'S17',
  severity: 'warning',
  axis: 'security',
  summary: 'Servers say for whom they are, and which environment.',
  why: 'What nobody lists nobody closes: forgotten test servers are how houses are entered.',
  bad: 'servers: [{ url: https://api.shop.test }]\n',
  good: 'info: { x-audience: partner }\nservers: [{ url: https://api.shop.test, description: Production }]\n',
  since: '0.1.0',
  hooks: ({ report, root }) => ({
    server: ({ node, path }) => {
      const audience = node['x-audience'] ?? objectOf(root['info'])['x-audience'] ?? root['x-audience'];
      if (audience === undefined) report('nothing says for whom the server is; write `x-audience`', path);
      if (node['x-environment'] === undefined && (textOf(node['description']) ?? '').trim() === '') {
        report('nothing says which environment the server is; write `x-environment`', path);
      }
    },
  }),
};

const PERSONAL =
  /^(?:e[-_]?mail(?:[-_]?address)?|(?:mobile|phone|telephone)(?:[-_]?number)?|(?:birth[-_]?(?:date|day)|date[-_]?of[-_]?birth|dob)|ssn|social[-_]?security[-_]?number|iban|passport(?:[-_]?number)?|(?:first|last|given|family|full|middle|sur)[-_]?name|(?:street|home|postal)[-_]?address|tax[-_]?id|national[-_]?id|credit[-_]?card(?:[-_]?number)?)$/i;

const personal: Rule = {
  id: 'S19',
  severity: 'warning',
  axis: 'security',
  summary: 'What is personal says so by `x-data-class`.',
  why: 'Logs, exports and tests can only leave out what is known to be personal.',
  bad: 'paths:\n  /users:\n    post: { requestBody: { content: { application/json: { schema: { properties: { email: { type: string } } } } } } }\n',
  good: 'paths:\n  /users:\n    post: { requestBody: { content: { application/json: { schema: { properties: { email: { type: string, x-data-class: personal } } } } } } }\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    schema: ({ node, path, property, inRequest, inResponse }) => {
      if (property === undefined || !(inRequest || inResponse) || node['x-data-class'] !== undefined) return;
      if (PERSONAL.test(property)) report(`\`${property}\` looks personal and has no \`x-data-class\``, path);
    },
  }),
};

const namesOf = (responses: OperationSite['responses']): ReadonlySet<string> =>
  new Set(responses.map(({ status }) => status.toUpperCase()));

const limited: Rule = {
  id: 'S13',
  severity: 'warning',
  axis: 'security',
  summary: 'Operations say what happens to who calls too often: 429 with `Retry-After`.',
  why: 'A client that does not know tries again at once, and makes it worse.',
  bad: 'paths:\n  /users:\n    get: { responses: { "200": {} } }\n',
  good: 'paths:\n  /users:\n    get: { responses: { "429": { headers: { Retry-After: {} } } } }\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    operation: ({ path, responses, direction }) => {
      if (direction !== 'path') return;
      const found = responses.find(({ status }) => status === '429');
      if (found === undefined) {
        if (!namesOf(responses).has('4XX')) report('429 is not documented', [...path, 'responses']);
        return;
      }
      const headers = namedOf(found.node['headers']).map(([name]) => name.toLowerCase());
      if (!headers.includes('retry-after')) report('429 does not document `Retry-After`', found.path);
    },
  }),
};

const answers: Rule = {
  id: 'S16',
  severity: 'warning',
  axis: 'security',
  summary: 'Refusals and faults are documented: 400 or 422, 401, 403, 5xx.',
  why: 'What is not documented is guessed, and guessed wrong when it matters.',
  bad: 'security: [{ token: [] }]\npaths:\n  /users:\n    get: { responses: { "200": {} } }\n',
  good: 'security: [{ token: [] }]\npaths:\n  /users:\n    get: { responses: { "200": {}, "401": {}, "403": {}, "500": {} } }\n',
  since: '0.1.0',
  hooks: ({ report, root }) => ({
    operation: (site) => {
      const { node, path, responses, direction, parameters, requestBody } = site;
      if (direction !== 'path') return;
      const given = namesOf(responses);
      const has = (...names: readonly string[]): boolean =>
        given.has('DEFAULT') || names.some((name) => given.has(name));
      const guarded = listOf(node['security'] ?? root['security']).length > 0;
      const missing = [
        ...((parameters.length > 0 || requestBody !== undefined) && !has('400', '422', '4XX') ? ['400'] : []),
        ...(guarded && !has('401', '4XX') ? ['401'] : []),
        ...(guarded && !has('403', '4XX') ? ['403'] : []),
        ...(has('5XX') || [...given].some((status) => status.startsWith('5')) ? [] : ['500']),
      ];
      for (const status of missing) report(`${status} is not documented`, [...path, 'responses']);
    },
  }),
};

export const EXPOSURE_RULES: readonly Rule[] = [numbered, limited, admin, addresses, answers, inventory, personal];
