import { createHmac } from 'node:crypto';
import type { Load } from './wrk.ts';

/** What one policy is asked to do when its cost is measured: the usual thing, and never a refusal. */
export interface PolicyCost {
  /** The policy's name, with what tells it from another row of the same. */
  readonly name: string;
  /** As it stands in a list of policies. */
  readonly policy: string;
  readonly load: Load;
  /** `open` unless said. */
  readonly access?: 'open' | 'key';
  /** Of the one application that there is. */
  readonly credentials?: string;
  /** Whether the API has the OpenAPI document below. */
  readonly document?: true;
  /** What it is compared with; by its load unless said. */
  readonly base?: 'keyed';
}

/** Of what the origin answers, and of what is posted. */
export const DOCUMENT = `openapi: 3.1.0
paths:
  /:
    get: { parameters: [ { name: page, in: query, schema: { type: integer } } ], responses: { "200": { content: { application/json: { example: { data: [ { id: 1 } ], total: 1 } } } } } }
    post:
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/User" } } } }
      responses: { "200": {} }
components:
  schemas:
    User: { type: object, required: [name, email], properties: { name: { type: string, maxLength: 100 }, email: { type: string, format: email }, roles: { type: array, items: { enum: [admin, user] } }, age: { type: integer, minimum: 0 } }, additionalProperties: false }
`;

const GET: Load = { paths: ['/'], headers: {} };
const JSON_BODY = JSON.stringify({ name: 'Ada Lovelace', email: 'ada@example.com', roles: ['admin', 'user'], age: 36 });
const POST: Load = { method: 'POST', paths: ['/'], headers: { 'content-type': 'application/json' }, body: JSON_BODY };

const SECRET = 'a secret of the benchmark, 32 bytes';
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token that does not end, so that it can stand in a file of load. */
function token(): string {
  const input = `${encoded({ alg: 'HS256' })}.${encoded({ iss: 'https://id.example', aud: 'all', sub: 'ada', azp: 'web' })}`;
  return `${input}.${createHmac('sha256', SECRET).update(input).digest('base64url')}`;
}

/** Signs what stays the same whatever the port; good for an hour. */
function signature(): Readonly<Record<string, string>> {
  const covered = `("@method" "@path");created=${Math.floor(Date.now() / 1000)};keyid="k"`;
  const base = `"@method": GET\n"@path": /\n"@signature-params": ${covered}`;
  const seal = createHmac('sha256', SECRET).update(base).digest('base64');
  return { 'signature-input': `s=${covered}`, signature: `s=:${seal}:` };
}

export const KEYED: Pick<PolicyCost, 'access' | 'credentials' | 'load'> = {
  access: 'key',
  credentials: 'keys: [ { name: bench, secret: key-1 } ]',
  load: { paths: ['/'], headers: { apikey: 'key-1' } },
};

/** One row each; the origin answers GET / with a user of 632 bytes. */
export const POLICY_COSTS: readonly PolicyCost[] = [
  {
    name: 'headers',
    policy: 'headers: { request: { set: { x-a: "1" } }, response: { set: { x-b: "2" } } }',
    load: GET,
  },
  { name: 'cors', policy: 'cors: { origins: ["https://app.example.com"] }', load: GET },
  { name: 'ip-access', policy: 'ip-access: { allow: ["127.0.0.0/8"] }', load: GET },
  { name: 'rate-limit', policy: 'rate-limit: { limit: 1000000000, window: 1h, by: ip }', load: GET },
  { name: 'key', policy: 'key: {}', ...KEYED },
  {
    name: 'basic',
    policy: 'basic: {}',
    access: 'key',
    credentials: 'basic: [ { username: ada, password: secret } ]',
    load: { paths: ['/'], headers: { authorization: `Basic ${Buffer.from('ada:secret').toString('base64')}` } },
  },
  {
    name: 'jwt',
    policy: `jwt: { issuer: "https://id.example", audience: all, secret: "${SECRET}", requireExp: false }`,
    access: 'key',
    credentials: 'clients: [ { issuer: "https://id.example", id: web } ]',
    load: { paths: ['/'], headers: { authorization: `Bearer ${token()}` } },
  },
  {
    name: 'http-signature',
    policy: 'http-signature: { required: ["@method", "@path"], maxAge: 1h, nonce: any }',
    access: 'key',
    credentials: `signatures: [ { keyId: k, secret: "${SECRET}" } ]`,
    load: { paths: ['/'], headers: signature() },
  },
  { name: 'authorize', policy: 'authorize: { applications: [bench] }', ...KEYED, base: 'keyed' },
  {
    name: 'forward-identity',
    policy: 'forward-identity: { headers: { x-app: application }, jwt: { audience: u } }',
    ...KEYED,
    base: 'keyed',
  },
  { name: 'validate (query)', policy: 'validate: {}', document: true, load: { paths: ['/?page=1'], headers: {} } },
  { name: 'validate (body)', policy: 'validate: {}', document: true, load: POST },
  {
    name: 'transform (request)',
    policy: 'transform: { request: { set: { /by: "{clientIp}" }, remove: [/roles] } }',
    load: POST,
  },
  { name: 'transform (reply)', policy: 'transform: { response: { remove: ["/data/*/email"] } }', load: GET },
  { name: 'mock', policy: 'mock: {}', document: true, load: GET },
  { name: 'compose (one call)', policy: 'compose: { calls: { one: { upstream: origin, target: "/" } } }', load: GET },
  { name: 'body-size', policy: 'body-size: { max: 1MB }', load: GET },
  { name: 'rewrite', policy: 'rewrite: { path: "/" }', load: GET },
  { name: 'quota', policy: 'quota: { limit: 1000000000, per: day, by: ip }', load: GET },
  { name: 'concurrency', policy: 'concurrency: { limit: 100000, by: ip }', load: GET },
  { name: 'load-shed', policy: 'load-shed: { adaptive: { initial: 200 } }', load: GET },
  { name: 'json-limits', policy: 'json-limits: {}', load: POST },
  {
    name: 'compress (gzip)',
    policy: 'compress: { minBytes: 100B }',
    load: { paths: ['/'], headers: { 'accept-encoding': 'gzip' } },
  },
  { name: 'cache (hit)', policy: 'cache: { ttl: 1h }', load: GET },
  { name: 'canary', policy: 'canary: { upstream: origin, weight: 10% }', load: GET },
  { name: 'mirror', policy: 'mirror: { upstream: origin, share: 10% }', load: GET },
  { name: 'capture (1 %)', policy: 'capture: {}', load: GET },
  { name: 'capture (held for errors)', policy: 'capture: { sample: 0%, on: [error] }', load: POST },
  { name: 'fault', policy: 'fault: { share: 0.001%, delay: 1ms }', load: GET },
  { name: 'lifecycle', policy: 'lifecycle: { deprecated: 2026-01-01, sunset: 2099-01-01 }', load: GET },
  { name: 'idempotency', policy: 'idempotency: {}', load: POST },
  { name: 'maintenance (off)', policy: 'maintenance: { on: false }', load: GET },
  { name: 'redirect', policy: 'redirect: { to: "https://example.com/" }', load: GET },
];

/** A gate with one API of this policy. */
export function policyConfig({ policy, access = 'open', credentials, document }: PolicyCost, upstream: number): string {
  return `gatehouse: 1
upstreams:
  origin: { targets: ["http://127.0.0.1:${upstream}"] }
apis:
  all:
    access: ${access}
    basePath: ""${document === true ? '\n    openapi: ./openapi.yaml' : ''}
    upstream: origin
    policies: [ ${policy === '' ? '' : `{ ${policy} }`} ]
${credentials === undefined ? '' : `applications: { bench: { ${credentials} } }\n`}`;
}
