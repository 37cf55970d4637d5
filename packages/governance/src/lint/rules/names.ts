import { namedOf, objectOf, textOf } from '../../document/json-value.ts';
import { inCase, isCase } from '../case-style.ts';
import type { Case } from '../options.ts';
import type { Rule } from '../rule.ts';

const properties: Rule = {
  id: 'C08',
  severity: 'error',
  axis: 'consistency',
  summary: 'Properties are in one case, snake_case unless the organisation decides otherwise.',
  why: 'Clients map names by rule. One API in another case, or one name, breaks every generated client.',
  bad: 'components:\n  schemas:\n    User: { type: object, properties: { firstName: { type: string } } }\n',
  good: 'components:\n  schemas:\n    User: { type: object, properties: { first_name: { type: string }, _links: {} } }\n',
  since: '0.1.0',
  options: ['propertyCase'],
  hooks: ({ options, report }) => ({
    schema: ({ node, path }) => {
      for (const name of Object.keys(objectOf(node['properties']))) {
        if (isFree(name) || isInCase(name, options.propertyCase)) continue;
        report(asked(name, options.propertyCase), [...path, 'properties', name]);
      }
    },
  }),
};

/** Names with a mark in front belong to other standards: `_links` of HAL, `$ref`, `@type` of JSON-LD. */
function isFree(name: string): boolean {
  return /^[_$@]/.test(name);
}

/** A number may come first, as in `2fa_enabled`. */
function isInCase(name: string, style: Case): boolean {
  const words = name.replace(/^\d+_?/, '');
  return words === '' || isCase(words, style);
}

function asked(name: string, style: Case): string {
  const suggestion = inCase(name, style);
  return isCase(suggestion, style)
    ? `\`${name}\` is not ${style}, \`${suggestion}\` is`
    : `\`${name}\` is not ${style}`;
}

const queryParameters: Rule = {
  id: 'C09',
  severity: 'error',
  axis: 'consistency',
  summary: 'Query parameters are in one case, snake_case unless the organisation decides otherwise.',
  why: 'Parameters that nobody knows are ignored: a misspelt filter returns everything.',
  bad: 'paths:\n  /users:\n    get:\n      parameters: [{ name: sortBy, in: query }]\n',
  good: 'paths:\n  /users:\n    get:\n      parameters: [{ name: sort_by, in: query }, { name: "filter[name]", in: query }]\n',
  since: '0.1.0',
  options: ['queryCase'],
  hooks: ({ options, report }) => ({
    parameter: ({ node, path }) => {
      const name = textOf(node['name']);
      if (node['in'] !== 'query' || name === undefined || isFree(name)) return;
      const wrong = name.split(/[.[\]]+/).find((part) => part !== '' && !isInCase(part, options.queryCase));
      if (wrong !== undefined) report(asked(wrong, options.queryCase), [...path, 'name']);
    },
  }),
};

/** `X-` headers that are older than RFC 6648 and that intermediaries know. */
const ESTABLISHED =
  /^x-(?:forwarded-.+|request-id|correlation-id|content-type-options|frame-options|xss-protection|requested-with|robots-tag|real-ip|rate-?limit-.+|amzn?-.+|b3-.+|csrf-token|xsrf-token|http-method-override|cloud-trace-context|flow-id|powered-by)$/i;
/** Names of standards that are one word with a capital inside. */
const ONE_WORD = /RateLimit|WebSocket|SourceMap/g;

const headers: Rule = {
  id: 'C10',
  severity: 'warning',
  axis: 'consistency',
  summary: 'Header names are words with hyphens between, and new ones do not begin with X-.',
  why: 'Proxies drop headers with an underscore. X- has meant nothing since RFC 6648 and is never lost again.',
  bad: 'paths:\n  /users:\n    get:\n      parameters: [{ name: X-Tenant, in: header }, { name: trace_id, in: header }]\n',
  good: 'paths:\n  /users:\n    get:\n      parameters: [{ name: Tenant-Id, in: header }, { name: ETag, in: header }]\n',
  since: '0.1.0',
  hooks: ({ report }) => {
    const check = (name: string, path: readonly (string | number)[]): void => {
      const problem = headerProblem(name);
      if (problem !== undefined) report(problem, path);
    };
    return {
      parameter: ({ node, path }) => {
        const name = textOf(node['name']);
        if (node['in'] === 'header' && name !== undefined) check(name, [...path, 'name']);
      },
      response: ({ node, path }) => {
        for (const [name] of namedOf(node['headers'])) check(name, [...path, 'headers', name]);
      },
    };
  },
};

function headerProblem(name: string): string | undefined {
  if (/^x-/i.test(name)) {
    return ESTABLISHED.test(name) ? undefined : `\`${name}\` begins with X-; name it \`${name.slice(2)}\` (RFC 6648)`;
  }
  if (!/^[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$/.test(name)) return `\`${name}\` is not words with hyphens between`;
  if (/^[a-z]+[A-Z]|[a-z][A-Z][a-z]/.test(name.replace(ONE_WORD, 'Word')))
    return `\`${name}\` needs hyphens between its words`;
  return undefined;
}

export const NAME_RULES: readonly Rule[] = [properties, queryParameters, headers];
