import { listOf, namedOf, objectOf, textOf, type JsonObject, type Path } from '../../document/json-value.ts';
import type { OperationSite, ResponseOf, Rule, RuleContext, Site } from '../rule.ts';
import { hasShape } from '../schema-type.ts';
import { schemaParts } from '../schema-parts.ts';

/** Browsers and proxies ask with these, and no API lists what it answers. */
const ASIDE: ReadonlySet<string> = new Set(['options', 'trace']);

const statusesOf = (responses: readonly ResponseOf[]): ReadonlySet<string> =>
  new Set(responses.map(({ status }) => status.toUpperCase()));

const responsesAt = ({ node, path }: OperationSite): Path =>
  node['responses'] === undefined ? path : [...path, 'responses'];

const hasHeader = (node: JsonObject, name: RegExp): boolean =>
  namedOf(node['headers']).some(([written]) => name.test(written));

const RETRY_AFTER = /^retry-after$/i;
const RATE_LIMIT = /^(?:x-)?rate-?limit(?:-.+)?$/i;

const limited: Rule = {
  id: 'S13',
  severity: 'warning',
  axis: 'security',
  summary: 'Operations say what happens to who calls too often: 429 with `Retry-After`, and `RateLimit` headers.',
  why: 'A client that does not know tries again at once, and makes it worse.',
  bad: 'paths:\n  /users:\n    get: { responses: { "200": {} } }\n',
  good: 'paths:\n  /users:\n    get: { responses: { "429": { headers: { Retry-After: {}, RateLimit: {} } } } }\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    operation: (site) => {
      const { method, responses, direction } = site;
      if (direction !== 'path' || ASIDE.has(method)) return;
      const found = responses.find(({ status }) => status === '429');
      if (found === undefined) {
        const isMeant = responses.some(({ status, node }) => /^4xx$/i.test(status) || hasHeader(node, RETRY_AFTER));
        if (!isMeant) report('429 is not documented', responsesAt(site));
        return;
      }
      if (!hasHeader(found.node, RETRY_AFTER)) {
        const at = found.node['headers'] === undefined ? found.path : [...found.path, 'headers'];
        report('429 does not document `Retry-After`', at);
      }
      const counting = responses.filter(({ status }) => status === '429' || status.startsWith('2'));
      if (!counting.some(({ node }) => hasHeader(node, RATE_LIMIT)))
        report('no response says how many calls are left: there is no `RateLimit` header', found.path);
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
      if (site.direction !== 'path' || ASIDE.has(site.method)) return;
      for (const status of missingOf(site, root)) report(`${status} is not documented`, responsesAt(site));
    },
  }),
};

function missingOf({ node, responses, parameters, requestBody }: OperationSite, root: JsonObject): readonly string[] {
  const given = statusesOf(responses);
  if (given.has('DEFAULT')) return [];
  const lacks = (...names: readonly string[]): boolean => !names.some((name) => given.has(name));
  const ways = listOf(node['security'] ?? root['security']);
  const isGuarded = ways.some((way) => namedOf(way).length > 0);
  const isAsked = parameters.length > 0 || requestBody !== undefined;
  return [
    ...(isAsked && lacks('400', '422', '4XX') ? ['400'] : []),
    ...(isGuarded && lacks('401', '4XX') ? ['401'] : []),
    ...(isGuarded && lacks('403', '4XX') ? ['403'] : []),
    ...([...given].some((status) => status.startsWith('5')) ? [] : ['500']),
  ];
}

/** Names without what parts their words. A trace with an id is one of OpenTelemetry. */
const INSIDE: ReadonlySet<string> = new Set(
  (
    'stack stacks stacktrace stacktraces stackframes callstack backtrace traceback exception exceptions exceptionclass ' +
    'exceptiontype exceptionmessage innerexception exceptionstack errorstack debug debuginfo debugtrace'
  ).split(' '),
);

function showsInside(name: string, schema: JsonObject): boolean {
  if (hasShape(schema, 'boolean')) return false;
  const plain = name.replace(/[^A-Za-z]/g, '').toLowerCase();
  if (INSIDE.has(plain) || (plain === 'trace' && schema['format'] === undefined)) return true;
  const description = textOf(schema['description']) ?? '';
  return (
    /\b(?:stack[- ]?trace|back ?trace)s?\b/i.test(description) && !/\b(?:no|not|never|without)\b/i.test(description)
  );
}

const traces: Rule = {
  id: 'S18',
  severity: 'error',
  axis: 'security',
  summary: 'Errors show nothing of the inside.',
  why: 'Stack traces tell attackers which versions and paths there are.',
  bad: 'paths:\n  /users:\n    get:\n      responses:\n        "500": { content: { application/json: { schema: { properties: { stack: {} } } } } }\n',
  good: 'paths:\n  /users:\n    get:\n      responses:\n        "500": { content: { application/json: { schema: { properties: { detail: {} } } } } }\n',
  since: '0.1.0',
  hooks: (lint) => {
    const seen = new Set<JsonObject>();
    return {
      operation: ({ responses, direction }) => {
        if (direction !== 'path') return;
        for (const { status, node, path } of responses) {
          if (!/^[45]|^default$/.test(status) || seen.has(node)) continue;
          seen.add(node);
          for (const [type, value] of namedOf(node['content'])) {
            const media = lint.siteOf(value, [...path, 'content', type]);
            if (media === undefined) continue;
            checkExamples(lint, media);
            checkInside(lint, lint.siteOf(media.node['schema'], [...media.path, 'schema']), seen);
          }
        }
      },
    };
  },
};

/** As Java, JavaScript, Python and .NET write them. */
const TRACE =
  /^[ \t]*at [\w$.<>/]+ ?\(.*:\d+\)|^Traceback \(most recent call last\)|\([\w$]+\.java:\d+\)|^[ \t]*at .{1,300} in .{1,300}:line \d+/m;

function checkExamples({ report, siteOf }: RuleContext, { node, path }: Site): void {
  const message = 'the example shows a stack trace';
  if (holdsTrace(node['example'])) report(message, [...path, 'example']);
  for (const [name, value] of namedOf(node['examples'])) {
    const example = siteOf(value, [...path, 'examples', name]);
    if (holdsTrace(example?.node['value'])) report(message, [...(example?.path ?? path), 'value']);
  }
}

function holdsTrace(value: unknown): boolean {
  const seen = new Set<unknown>();
  const waiting = [value];
  while (waiting.length > 0) {
    const part = waiting.pop();
    if (typeof part === 'string' && TRACE.test(part)) return true;
    if (typeof part !== 'object' || part === null || seen.has(part)) continue;
    seen.add(part);
    for (const inner of Object.values(part)) waiting.push(inner);
  }
  return false;
}

/** All schemas that are reached from one, each once in a document. */
function checkInside({ report, resolve, siteOf }: RuleContext, from: Site | undefined, seen: Set<JsonObject>): void {
  const waiting = [from];
  while (waiting.length > 0) {
    const site = waiting.pop();
    if (site === undefined || seen.has(site.node)) continue;
    seen.add(site.node);
    for (const [name, value] of namedOf(site.node['properties'])) {
      if (showsInside(name, objectOf(resolve(value))))
        report(`\`${name}\` shows the inside`, [...site.path, 'properties', name]);
    }
    for (const part of schemaParts(site.node, site.path)) waiting.push(siteOf(part.value, part.path));
  }
}

export const REFUSAL_RULES: readonly Rule[] = [limited, answers, traces];
