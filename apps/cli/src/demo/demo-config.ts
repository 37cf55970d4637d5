import { PROVIDERS } from '@gatehouse/ai/providers';
import type { Environment } from '../load-config.ts';

export interface DemoConfigFacts {
  readonly usersPorts: readonly number[];
  /** Absolute path of the users service's document. */
  readonly usersDocument: string;
  readonly keySha256: string;
  readonly env: Environment;
}

/** What a start without `--config` serves: the users service, the demo model, and every vendor whose key is set. */
export function demoConfig({ usersPorts, usersDocument, keySha256, env }: DemoConfigFacts): string {
  const targets = usersPorts.map((port) => `      - { url: "http://127.0.0.1:${port}" }`);
  const vendors = PROVIDERS.filter(({ environment }) => environment !== undefined && (env[environment] ?? '') !== '');
  const providers = vendors.map(
    ({ kind, environment }) => `    ${kind}: { kind: ${kind}, apiKey: "\${${environment ?? ''}}" }`,
  );
  return `# What Gatehouse serves when it is started without --config.
gatehouse: 1
upstreams:
  users:
    balance: peak-ewma
    targets:
${targets.join('\n')}
    health: { path: /readyz, interval: 2s, timeout: 1s, unhealthyAfter: 2, healthyAfter: 1 }
    timeouts: { connect: 2s, firstByte: 15s, idle: 60s }
    retries: { attempts: 2, on: [connect, reset, 502, 503, 504], budget: 20% }
apis:
  users:
    title: Users
    version: 1.0.0
    basePath: /v1
    access: subscribed
    upstream: users
    openapi: ${JSON.stringify(usersDocument)}
    policies:
      - rate-limit: { limit: 600, window: 1m, by: application }
plans:
  demo: { apis: [users], approval: auto, limits: [ { limit: 1000, window: 1m } ] }
applications:
  demo:
    team: demo
    keys: [ { name: demo, sha256: "${keySha256}" } ]
    subscriptions: [ { api: users, plan: demo } ]
ai:
  providers:
    demo: { kind: demo }
${providers.join('\n')}
  models:
    demo: { targets: [ { provider: demo, model: demo } ] }
    demo-embedding: { targets: [ { provider: demo, model: demo-embedding } ] }
`;
}
