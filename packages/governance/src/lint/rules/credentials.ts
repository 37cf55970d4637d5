import { listOf, namedOf, objectOf, shownOf, textOf, type JsonObject, type Path } from '../../document/json-value.ts';
import { wordsOf } from '../case-style.ts';
import { isLocalUrl } from '../local-url.ts';
import type { Rule, RuleContext } from '../rule.ts';

const declared: Rule = {
  id: 'S03',
  severity: 'error',
  axis: 'security',
  summary: 'Schemes and scopes that are asked for are declared.',
  why: 'Nobody can get what is explained nowhere.',
  bad: 'security: [{ token: [] }]\n',
  good: 'security: [{ token: [] }]\ncomponents:\n  securitySchemes:\n    token: { type: http, scheme: bearer }\n',
  since: '0.1.0',
  hooks: (lint) => {
    const schemes = objectOf(objectOf(lint.root['components'])['securitySchemes']);
    const scopes = new Map<string, ReadonlySet<string> | undefined>();
    const scopesOf = (name: string): ReadonlySet<string> | undefined => {
      if (!scopes.has(name)) scopes.set(name, scopesIn(lint.resolve(schemes[name])));
      return scopes.get(name);
    };
    const check = (ways: unknown, path: Path): void => {
      for (const [name, asked, at] of requirementsIn(ways, path)) {
        if (!Object.hasOwn(schemes, name)) {
          // From 3.2 on, a URI may stand for the name.
          if (lint.version !== '3.2' || !/[:/#]/.test(name)) lint.report(`the scheme \`${name}\` is not declared`, at);
          continue;
        }
        const known = scopesOf(name);
        for (const [index, scope] of known === undefined ? [] : listOf(asked).entries()) {
          if (known?.has(shownOf(scope)) !== true)
            lint.report(`the scope \`${shownOf(scope)}\` is not declared`, [...at, index]);
        }
      }
    };
    return {
      document: ({ node }) => check(node['security'], ['security']),
      operation: ({ node, path }) => check(node['security'], [...path, 'security']),
    };
  },
};

function requirementsIn(ways: unknown, path: Path): readonly (readonly [name: string, scopes: unknown, at: Path])[] {
  return listOf(ways).flatMap((way, i) =>
    namedOf(way).map(([name, scopes]) => [name, scopes, [...path, i, name]] as const),
  );
}

/** Undefined where the document does not list them: in other schemes, and behind OpenID Connect. */
function scopesIn(scheme: JsonObject | undefined): ReadonlySet<string> | undefined {
  if (scheme?.['type'] !== 'oauth2') return undefined;
  return new Set(namedOf(scheme['flows']).flatMap(([, flow]) => Object.keys(objectOf(objectOf(flow)['scopes']))));
}

/** The last words of names of credentials. A token with another word before it (`page_token`) is none. */
const CREDENTIALS = new RegExp(
  `(?:^|_)(?:${[
    'passwords?|passwd|passphrase|pwd|secret|apikey|jwt|credentials?',
    '(?:api|access|private|secret|subscription|auth)_key',
    '(?:access|refresh|id|auth|authentication|bearer|session|security|api|user|login|oauth|jwt)_?token',
  ].join('|')})$|^(?:token|authorization)$`,
);

const isCredential = (name: string): boolean => CREDENTIALS.test(wordsOf(name).join('_'));

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
      if (node['type'] === 'apiKey' && (node['in'] === 'query' || node['in'] === 'path'))
        report(`\`${name}\` is a key in the address`, [...path, 'in']);
      if (node['type'] === 'http' && textOf(node['scheme'])?.toLowerCase() === 'basic') {
        report(`\`${name}\` is HTTP Basic`, [...path, 'scheme']);
      }
    },
    parameter: ({ node, path }) => {
      const name = textOf(node['name']) ?? '';
      if ((node['in'] === 'query' || node['in'] === 'path') && isCredential(name)) {
        report(`\`${name}\` in the address is a credential`, [...path, 'name']);
      }
    },
    server: ({ node, path }) => {
      if (/^[a-z][a-z+.-]*:\/\/[^/?#@]*:[^/?#@]*@/i.test(textOf(node['url']) ?? ''))
        report('the address holds a name and a password', [...path, 'url']);
    },
  }),
};

/** Of those that IANA lists, what is broken or has had its day; `basic` is told of by S04. */
const WEAK_SCHEMES: ReadonlySet<string> = new Set(['digest', 'negotiate', 'ntlm', 'oauth', 'scram-sha-1']);
const WEAK_FLOWS: Readonly<Record<string, string>> = {
  implicit: 'gives tokens in addresses (RFC 9700)',
  password: 'hands passwords to the application (RFC 9700)',
};
const GOOD_FLOWS: ReadonlySet<string> = new Set(['authorizationCode', 'clientCredentials', 'deviceAuthorization']);

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
      checkUrls(node, path, report);
      if (node['type'] !== 'oauth2') return;
      for (const [name, flow] of namedOf(node['flows'])) {
        if (name.startsWith('x-')) continue;
        const why = Object.hasOwn(WEAK_FLOWS, name) ? WEAK_FLOWS[name] : 'is no flow of OpenAPI';
        if (!GOOD_FLOWS.has(name)) report(`the flow \`${name}\` ${why}`, [...path, 'flows', name]);
        checkUrls(objectOf(flow), [...path, 'flows', name], report);
      }
    },
  }),
};

function checkUrls(node: JsonObject, path: Path, report: RuleContext['report']): void {
  for (const [field, value] of namedOf(node)) {
    const url = textOf(value) ?? '';
    if (/^[a-z0-9]+Url$/i.test(field) && /^http:/i.test(url) && !isLocalUrl(url))
      report('tokens are sent without TLS', [...path, field]);
  }
}

const EXPIRY =
  /expir|short[- ]lived|life ?time|time[- ]to[- ]live|\bttl\b|valid (?:for|until)|\d+ ?(?:s|sec|min|h)(?:ond|ute|our)?s?\b/i;

const jwts: Rule = {
  id: 'S06',
  severity: 'warning',
  axis: 'security',
  summary: 'Tokens follow RFC 8725, and do not live long.',
  why: 'A JWT is only as good as its checks (algorithm, issuer, audience), and a stolen one works until it expires.',
  bad: 'components:\n  securitySchemes:\n    token: { type: http, scheme: bearer, bearerFormat: JWT }\n',
  good: 'components:\n  securitySchemes:\n    token: { type: http, scheme: bearer, bearerFormat: JWT, description: "A JWT, checked as RFC 8725 asks." }\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    securityScheme: ({ node, path }) => {
      const description = textOf(node['description']) ?? '';
      if (isOfJwts(node) && !/RFC[\s-]?8725/i.test(description)) {
        const at = description === '' ? path : [...path, 'description'];
        report('the description does not say that tokens are checked as RFC 8725 asks', at);
      }
      if (node['type'] !== 'oauth2' || EXPIRY.test(description)) return;
      for (const [name, value] of namedOf(node['flows'])) {
        const flow = objectOf(value);
        if (name.startsWith('x-') || (textOf(flow['refreshUrl']) ?? '') !== '') continue;
        if (!EXPIRY.test(textOf(flow['description']) ?? ''))
          report('nothing says that tokens expire: there is no `refreshUrl`, and no word of it in a description', [
            ...path,
            'flows',
            name,
          ]);
      }
    },
  }),
};

function isOfJwts({ type, bearerFormat }: JsonObject): boolean {
  return type === 'oauth2' || (type === 'http' && /^jwt\b/i.test(textOf(bearerFormat) ?? ''));
}

export const CREDENTIAL_RULES: readonly Rule[] = [declared, inUrls, weak, jwts];
