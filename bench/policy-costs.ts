import type { Load } from './wrk.ts';

/** What one policy is asked to do when its cost is measured: the usual thing, and never a refusal. */
export interface PolicyCost {
  /** The policy's name, with what tells it from another row of the same. */
  readonly name: string;
  /** As it stands in a list of policies. */
  readonly policy: string;
  readonly load: Load;
}

const GET: Load = { paths: ['/'], headers: {} };
const JSON_BODY = JSON.stringify({ name: 'Ada Lovelace', email: 'ada@example.com', roles: ['admin', 'user'], age: 36 });
const POST: Load = { method: 'POST', paths: ['/'], headers: { 'content-type': 'application/json' }, body: JSON_BODY };

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
  { name: 'fault', policy: 'fault: { share: 0.001%, delay: 1ms }', load: GET },
  { name: 'lifecycle', policy: 'lifecycle: { deprecated: 2026-01-01, sunset: 2099-01-01 }', load: GET },
  { name: 'idempotency', policy: 'idempotency: {}', load: POST },
  { name: 'maintenance (off)', policy: 'maintenance: { on: false }', load: GET },
  { name: 'redirect', policy: 'redirect: { to: "https://example.com/" }', load: GET },
];
