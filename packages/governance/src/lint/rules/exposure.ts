import { listOf, objectOf, textOf, type JsonObject } from '../../document/json-value.ts';
import { wordsOf } from '../case-style.ts';
import { isLocalUrl } from '../local-url.ts';
import { segmentsOf } from '../path-template.ts';
import type { OperationSite, Rule, Site } from '../rule.ts';
import { hasShape, isClosedList, shapeOf } from '../schema-type.ts';
import { Ways } from '../ways.ts';

/** What callers write into addresses. Parameters of webhooks are written by the API itself. */
function inAddress({ direction, parameters }: OperationSite): readonly Site[] {
  if (direction !== 'path') return [];
  return parameters.filter(({ node }) => node['in'] === 'path' || node['in'] === 'query');
}

const DIGITS = /^\^?[([]*(?:\\d|0-9)[\])]*(?:[+*]|\{\d+(?:,\d*)?\})?\)?\$?$/;

const numbered: Rule = {
  id: 'S08',
  severity: 'warning',
  axis: 'security',
  summary: 'Ids in addresses cannot be counted through.',
  why: 'Whoever has number 41 tries number 42.',
  bad: 'paths:\n  /users/{id}:\n    get: { parameters: [{ name: id, in: path, required: true, schema: { type: integer } }] }\n',
  good: 'paths:\n  /users/{id}:\n    get: { parameters: [{ name: id, in: path, required: true, schema: { type: string, format: uuid } }] }\n',
  since: '0.1.0',
  hooks: ({ report, resolve }) => ({
    operation: (operation) => {
      for (const { node, path } of inAddress(operation)) {
        const name = textOf(node['name']) ?? '';
        if (/(?:^|[._-])id$|I[dD]$/i.test(name) && isId(name) && isCounted(resolve(node['schema'])))
          report(`\`${name}\` is a number that can be guessed`, [...path, 'schema']);
      }
    },
  }),
};

const isId = (name: string): boolean => wordsOf(name).at(-1) === 'id';

function isCounted(schema: JsonObject | undefined): boolean {
  if (schema === undefined || isClosedList(schema)) return false;
  if (hasShape(schema, 'integer') || hasShape(schema, 'number')) return true;
  const format = textOf(schema['format']) ?? '';
  return /^u?int(?:32|64)$/.test(format) || DIGITS.test(textOf(schema['pattern']) ?? '');
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
    const others = new Ways();
    const admins: OperationSite[] = [];
    const waysOf = ({ node }: OperationSite): unknown => node['security'] ?? root['security'];
    return {
      operation: (site) => {
        if (site.direction !== 'path' || site.method === 'options') return;
        if (isForAdmins(site.template)) admins.push(site);
        else others.add(waysOf(site));
      },
      end: () => {
        for (const site of admins) {
          const way = others.opening(waysOf(site));
          if (way === undefined) continue;
          const isOwn = listOf(site.node['security']).length > 0;
          report(
            'administrators need no more here than everybody',
            isOwn ? [...site.path, 'security', way] : site.path,
          );
        }
      },
    };
  },
};

function isForAdmins(template: string): boolean {
  return segmentsOf(template).some(({ literal }) => /^admin(?!istrative)/i.test(literal));
}

const URL_NAME =
  /^(?:[Cc]allback|[Rr]edirect|[Ww]ebhook)s?$|(?:^|[._-])(?:ur[il]|UR[IL])s?$|[a-z\d](?:Ur[il]|UR[IL])s?$/;

/** An address of texts; undefined for what cannot hold one. */
function isAddress(name: string, schema: JsonObject | undefined): boolean {
  if (schema === undefined) return URL_NAME.test(name);
  const shape = shapeOf(schema);
  if (isClosedList(schema) || (shape.length > 0 && !shape.includes('string'))) return false;
  return URL_NAME.test(name) || /^(?:uri|url|iri)$/.test(textOf(schema['format']) ?? '');
}

const addresses: Rule = {
  id: 'S15',
  severity: 'info',
  axis: 'security',
  summary: 'Addresses that callers send are looked at twice.',
  why: 'A server that fetches what it is told may be told to fetch from inside (SSRF).',
  bad: 'paths:\n  /hooks:\n    get: { parameters: [{ name: callback_url, in: query, schema: { type: string } }] }\n',
  good: 'paths:\n  /hooks:\n    get: { parameters: [{ name: hook_id, in: query, schema: { type: string } }] }\n',
  since: '0.1.0',
  hooks: ({ report, resolve }) => {
    /** Of a list, what it holds. */
    const heldBy = (value: unknown): JsonObject | undefined => {
      const schema = resolve(value);
      return schema !== undefined && hasShape(schema, 'array') ? objectOf(resolve(schema['items'])) : schema;
    };
    return {
      operation: (operation) => {
        if (operation.direction !== 'path') return;
        for (const { node, path } of operation.parameters) {
          const name = textOf(node['name']) ?? '';
          if (isAddress(name, heldBy(node['schema']))) {
            report(`\`${name}\` is an address that callers choose`, [...path, 'name']);
          }
        }
      },
      schema: ({ node, path, inRequest, isTest }) => {
        if (!inRequest || isTest) return;
        for (const [name, value] of Object.entries(objectOf(node['properties']))) {
          const schema = heldBy(value);
          const isSent = objectOf(value)['readOnly'] !== true && resolve(value)?.['readOnly'] !== true;
          if (isSent && schema !== undefined && isAddress(name, schema) && hasShape(schema, 'string'))
            report(`\`${name}\` is an address that callers choose`, [...path, 'properties', name]);
        }
      },
    };
  },
};

const ENVIRONMENT =
  /\b(?:pre-?)?(?:prod|live|stag(?:e|ing)|test|qa|uat|dev|local|sandbox|demo|preview|integration|mock|acceptance|canary)|\b(?:alpha|beta|next)\b/i;

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
      const audience = [node['x-audience'], node['x-internal'], objectOf(root['info'])['x-audience']];
      if (audience.every((value) => value === undefined) && root['x-audience'] === undefined)
        report('nothing says for whom the server is; write `x-audience`', path);
      if (namesEnvironment(node)) return;
      const at = (textOf(node['description']) ?? '') === '' ? path : [...path, 'description'];
      report('nothing says which environment the server is; write `x-environment`', at);
    },
  }),
};

function namesEnvironment(server: JsonObject): boolean {
  const variables = Object.keys(objectOf(server['variables']));
  if (server['x-environment'] !== undefined || variables.some((name) => /^(?:env|environment|stage)$/i.test(name)))
    return true;
  const texts = [textOf(server['description']) ?? '', textOf(server['name']) ?? ''];
  return texts.some((text) => ENVIRONMENT.test(text)) || isLocalUrl(textOf(server['url']) ?? '');
}

export const EXPOSURE_RULES: readonly Rule[] = [numbered, admin, addresses, inventory];
