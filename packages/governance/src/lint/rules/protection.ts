import { isObject, listOf, namedOf, objectOf, shownOf, textOf, type JsonObject } from '../../document/json-value.ts';
import { enforcedOn } from '../enforced.ts';
import { isLocalUrl } from '../local-url.ts';
import type { OperationSite, Rule, Site } from '../rule.ts';

const WRITES: ReadonlySet<string> = new Set(['post', 'put', 'patch', 'delete']);
const READS: ReadonlySet<string> = new Set(['get', 'head', 'query']);

/** Its own requirement, else the document's. Nothing, or a way without any scheme, lets everybody in. */
function isProtected({ node }: OperationSite, root: JsonObject): boolean {
  const ways = listOf(node['security'] ?? root['security']);
  return ways.length > 0 && ways.every((way) => Object.keys(objectOf(way)).length > 0);
}

const saysPublic = (nodes: readonly unknown[]): boolean => nodes.some((node) => objectOf(node)['x-public'] === true);

interface Guarding {
  readonly methods: ReadonlySet<string>;
  readonly what: string;
  /** Where somebody may have decided that it is open. */
  readonly decidedAt: (site: OperationSite, root: JsonObject) => readonly unknown[];
}

const guarding =
  ({ methods, what, decidedAt }: Guarding): Rule['hooks'] =>
  ({ report, root }) => ({
    operation: (site) => {
      const { method, path, direction } = site;
      if (direction !== 'path' || !methods.has(method) || isProtected(site, root)) return;
      if (saysPublic(decidedAt(site, root))) return;
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
  // That all of an API is public is said of what can be read: a write (a login, a form) says it of itself.
  hooks: guarding({ methods: WRITES, what: 'write', decidedAt: ({ node, pathItem }) => [node, pathItem.node] }),
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
  hooks: guarding({
    methods: READS,
    what: 'read',
    decidedAt: ({ node, pathItem }, root) => [node, pathItem.node, root, root['info']],
  }),
};

const encrypted: Rule = {
  id: 'S07',
  severity: 'error',
  axis: 'security',
  summary: 'Servers speak HTTPS.',
  why: 'Whoever is on the way reads and changes all else.',
  bad: 'servers: [{ url: http://api.shop.test }]\n',
  good: 'servers: [{ url: https://api.shop.test }, { url: /v1 }, { url: "http://localhost:8080" }]\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    server: (site) => {
      const plain = urlsOf(site).find((url) => /^(?:http|ws):/i.test(url) && !isLocalUrl(url));
      if (plain !== undefined) report(`\`${plain}\` is not encrypted`, [...site.path, 'url']);
    },
  }),
};

/** With the defaults of its variables; where the scheme is a variable, with each of its values. */
function urlsOf({ node }: Site): readonly string[] {
  const url = textOf(node['url']) ?? '';
  const scheme = /^\{([^{}]+)\}:/.exec(url)?.[1];
  const variables = namedOf(node['variables']).filter(([, variable]) => isObject(variable));
  const values = new Map(variables.map(([name, variable]) => [name, textOf(objectOf(variable)['default']) ?? '']));
  const filled = (text: string): string =>
    text.replace(/\{([^{}]+)\}/g, (written, name: string) => values.get(name) ?? written);
  const choices = listOf(objectOf(objectOf(node['variables'])[scheme ?? ''])['enum']);
  const chosen = choices.map((choice) => filled(url.replace(/^\{[^{}]+\}/, () => shownOf(choice))));
  return scheme === undefined ? [filled(url)] : [filled(url), ...chosen];
}

const enforced: Rule = {
  id: 'S20',
  severity: 'error',
  axis: 'security',
  summary: 'What a document says of security is what the gate enforces.',
  why: 'A lock that is only drawn on the door keeps nobody out; one that nobody told of locks callers out. Silent where nobody says what the gate enforces.',
  bad: '# the gate asks for a JWT at GET /users, and for nothing at GET /prices\nsecurity: [{ token: [] }]\npaths:\n  /users: { get: {} }\n  /prices: { get: {} }\n',
  good: 'security: [{ token: [] }]\npaths:\n  /users: { get: {} }\n  /prices: { get: { security: [] } }\n',
  enforced: { operations: { 'GET /users': ['jwt'], 'GET /prices': [] } },
  since: '0.1.0',
  hooks: ({ report, root, enforced: given }) => ({
    operation: (site) => {
      const guards = site.direction === 'path' && given !== undefined ? enforcedOn(site, given) : undefined;
      if (guards === undefined || guards.length > 0 === isProtected(site, root)) return;
      report(
        guards.length === 0
          ? 'the document asks who calls, and the gate lets everybody in'
          : `the document lets everybody in, and the gate asks for ${guards.join(' or ')}`,
        site.path,
      );
    },
  }),
};

export const PROTECTION_RULES: readonly Rule[] = [writes, reads, encrypted, enforced];
