import { listOf, namedOf, objectOf, textOf, type JsonObject } from '../../document/json-value.ts';
import type { OperationSite, Rule, RuleContext } from '../rule.ts';

const WRITES: ReadonlySet<string> = new Set(['post', 'put', 'patch', 'delete']);
const READS: ReadonlySet<string> = new Set(['get', 'head', 'query']);

/** Its own requirement, else the document's. Nothing, or a way without any scheme, lets everybody in. */
function isProtected({ node }: OperationSite, root: JsonObject): boolean {
  const ways = listOf(node['security'] ?? root['security']);
  return ways.length > 0 && ways.every((way) => Object.keys(objectOf(way)).length > 0);
}

const isPublic = ({ node, pathItem }: OperationSite, root: JsonObject): boolean =>
  [node, pathItem.node, root].some((each) => each['x-public'] === true);

const guarding =
  (methods: ReadonlySet<string>, what: string): Rule['hooks'] =>
  ({ report, root }) => ({
    operation: (site) => {
      const { method, path, direction } = site;
      if (direction !== 'path' || !methods.has(method) || isPublic(site, root) || isProtected(site, root)) return;
      report(`everybody may ${what} here; name its \`security\`, or say \`x-public: true\``, path);
    },
  });

const writes: Rule = {
  id: 'S01',
  severity: 'error',
  axis: 'security',
  summary: 'Operations that change something ask who calls.',
  why: 'What anybody can change, somebody will.',
  bad: 'paths:\n  /users:\n    post: { security: [] }\n',
  good: 'security: [{ token: [] }]\npaths:\n  /users:\n    post: {}\n',
  since: '0.1.0',
  hooks: guarding(WRITES, 'write'),
};

const reads: Rule = {
  id: 'S02',
  severity: 'warning',
  axis: 'security',
  summary: 'Operations that only read ask who calls, or say that they are public.',
  why: 'That something is open should be somebody’s decision, and not forgotten.',
  bad: 'paths:\n  /users:\n    get: {}\n',
  good: 'paths:\n  /users:\n    get: { x-public: true }\n',
  since: '0.1.0',
  hooks: guarding(READS, 'read'),
};

const declared: Rule = {
  id: 'S03',
  severity: 'error',
  axis: 'security',
  summary: 'Schemes and scopes that are asked for are declared.',
  why: 'Nobody can get what is explained nowhere.',
  bad: 'security: [{ token: [] }]\n',
  good: 'security: [{ token: [] }]\ncomponents:\n  securitySchemes:\n    token: { type: http, scheme: bearer }\n',
  since: '0.1.0',
  hooks: (lint) => ({
    document: ({ node }) => checkWays(lint, node['security'], ['security']),
    operation: ({ node, path }) => checkWays(lint, node['security'], [...path, 'security']),
  }),
};

function checkWays({ root, resolve, report }: RuleContext, ways: unknown, path: readonly (string | number)[]): void {
  const schemes = objectOf(objectOf(root['components'])['securitySchemes']);
  for (const [at, way] of listOf(ways).entries()) {
    for (const [name, scopes] of namedOf(way)) {
      const scheme = Object.hasOwn(schemes, name) ? resolve(schemes[name]) : undefined;
      if (scheme === undefined) report(`the scheme \`${name}\` is not declared`, [...path, at, name]);
      else if (scheme['type'] === 'oauth2') {
        const known = new Set(
          namedOf(scheme['flows']).flatMap(([, flow]) => Object.keys(objectOf(objectOf(flow)['scopes']))),
        );
        for (const [index, scope] of listOf(scopes).entries()) {
          if (!known.has(String(scope)))
            report(`the scope \`${String(scope)}\` is not declared`, [...path, at, name, index]);
        }
      }
    }
  }
}

const CREDENTIAL =
  /^(?:password|passwd|pwd|secret|client[-_]?secret|token|access[-_]?token|refresh[-_]?token|id[-_]?token|api[-_]?key|apikey|auth[-_]?token|authorization|private[-_]?key)$/i;

const inUrls: Rule = {
  id: 'S04',
  severity: 'error',
  axis: 'security',
  summary: 'No HTTP Basic, and no keys, passwords or tokens in addresses.',
  why: 'Addresses stand in logs, histories and referrers; Basic sends the password with each call.',
  bad: 'components:\n  securitySchemes:\n    key: { type: apiKey, in: query, name: key }\n',
  good: 'components:\n  securitySchemes:\n    key: { type: apiKey, in: header, name: X-API-Key }\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    securityScheme: ({ node, path, name }) => {
      if (node['type'] === 'apiKey' && node['in'] === 'query')
        report(`\`${name}\` is a key in the address`, [...path, 'in']);
      if (node['type'] === 'http' && textOf(node['scheme'])?.toLowerCase() === 'basic') {
        report(`\`${name}\` is HTTP Basic`, [...path, 'scheme']);
      }
    },
    parameter: ({ node, path }) => {
      const name = textOf(node['name']) ?? '';
      if ((node['in'] === 'query' || node['in'] === 'path') && CREDENTIAL.test(name)) {
        report(`\`${name}\` in the address is a credential`, path);
      }
    },
  }),
};

/** RFC 9110 and the registry of IANA; what is left has a shared secret in clear or is broken. */
const WEAK_SCHEMES: ReadonlySet<string> = new Set(['digest', 'oauth', 'negotiate', 'hoba', 'mutual', 'vapid']);
const WEAK_FLOWS: Readonly<Record<string, string>> = {
  implicit: 'gives tokens in addresses (RFC 9700)',
  password: 'hands passwords to the application (RFC 9700)',
};

const weak: Rule = {
  id: 'S05',
  severity: 'error',
  axis: 'security',
  summary: 'Schemes and flows are those that are still thought safe.',
  why: 'Implicit and password grants are forbidden by RFC 9700; Digest and OAuth 1.0 have better successors.',
  bad: 'components:\n  securitySchemes:\n    login: { type: oauth2, flows: { implicit: { authorizationUrl: https://login.shop.test, scopes: {} } } }\n',
  good: 'components:\n  securitySchemes:\n    login: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://login.shop.test, scopes: {} } } }\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    securityScheme: ({ node, path }) => {
      const scheme = textOf(node['scheme'])?.toLowerCase() ?? '';
      if (node['type'] === 'http' && WEAK_SCHEMES.has(scheme))
        report(`\`${scheme}\` is not safe any more`, [...path, 'scheme']);
      for (const [name, flow] of namedOf(node['flows'])) {
        const why = Object.hasOwn(WEAK_FLOWS, name) ? WEAK_FLOWS[name] : undefined;
        if (why !== undefined) report(`the flow \`${name}\` ${why}`, [...path, 'flows', name]);
        for (const [field, url] of namedOf(flow)) {
          if (field.endsWith('Url') && /^http:/i.test(textOf(url) ?? ''))
            report('tokens are sent without TLS', [...path, 'flows', name, field]);
        }
      }
    },
  }),
};

const LOCAL = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/]|$)/i;

const encrypted: Rule = {
  id: 'S07',
  severity: 'error',
  axis: 'security',
  summary: 'Servers speak HTTPS.',
  why: 'Whoever is on the way reads and changes all else.',
  bad: 'servers: [{ url: http://api.shop.test }]\n',
  good: 'servers: [{ url: https://api.shop.test }, { url: /v1 }]\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    server: ({ node, path }) => {
      const url = textOf(node['url']) ?? '';
      if (/^(?:http|ws):/i.test(url) && !LOCAL.test(url)) report(`\`${url}\` is not encrypted`, [...path, 'url']);
    },
  }),
};

const STACK: ReadonlySet<string> = new Set([
  'stack',
  'stacktrace',
  'stack_trace',
  'stackTrace',
  'backtrace',
  'exception',
  'debug',
]);

const traces: Rule = {
  id: 'S18',
  severity: 'error',
  axis: 'security',
  summary: 'Errors show nothing of the inside.',
  why: 'Stack traces tell attackers which versions and paths there are.',
  bad: 'paths:\n  /users:\n    get:\n      responses:\n        "500": { content: { application/json: { schema: { properties: { stack: {} } } } } }\n',
  good: 'paths:\n  /users:\n    get:\n      responses:\n        "500": { content: { application/json: { schema: { properties: { detail: {} } } } } }\n',
  since: '0.1.0',
  hooks: ({ report, siteOf }) => ({
    operation: ({ responses }) => {
      for (const { status, node, path } of responses) {
        if (!/^[45]|^default$/.test(status)) continue;
        for (const [type, media] of namedOf(node['content'])) {
          const schema = siteOf(objectOf(media)['schema'], [...path, 'content', type, 'schema']);
          for (const [name] of namedOf(schema?.node['properties'])) {
            if (schema !== undefined && STACK.has(name))
              report(`\`${name}\` shows the inside`, [...schema.path, 'properties', name]);
          }
        }
      }
    },
  }),
};

export const PROTECTION_RULES: readonly Rule[] = [writes, reads, declared, inUrls, weak, encrypted, traces];
