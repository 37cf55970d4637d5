import { createHash } from 'node:crypto';
import type { CredentialSpec, EndpointSpec, PolicySpec, Snapshot, TelemetrySpec, UpstreamSpec } from '../snapshot.ts';

/** The same for the same configuration, however it is written; tells nothing about keys of providers. */
export function snapshotVersion(snapshot: Omit<Snapshot, 'version'>): string {
  const providers = Object.entries(snapshot.ai?.providers ?? {}).map(([name, provider]) => {
    const { apiKey, apiKeys, aws } = provider;
    const hidden = {
      apiKey: apiKey && sha256(apiKey),
      apiKeys: apiKeys?.map((one) => ({ ...one, key: sha256(one.key) })),
      aws: aws && sha256(canonicalJson(aws)),
    };
    return [name, { ...provider, ...hidden }] as const;
  });
  const ai = snapshot.ai && { ...snapshot.ai, providers: Object.fromEntries(providers) };
  const tls = snapshot.gateway?.tls;
  const certificates = tls?.certificates.map(({ key, ...rest }) => ({ ...rest, key: sha256(key) }));
  const gateway = tls && { ...snapshot.gateway, tls: { ...tls, certificates } };
  const upstreams = Object.fromEntries(
    Object.entries(snapshot.upstreams).map(([name, upstream]) => [name, withoutKeys(upstream)]),
  );
  const credentials = snapshot.credentials.map(withoutSecret);
  const routes = snapshot.routes.map((route) => ({ ...route, policies: route.policies.map(digested) }));
  const telemetry = snapshot.telemetry && withoutHeaders(snapshot.telemetry);
  const told = { ...snapshot, routes, upstreams, credentials, ...(gateway && { gateway }), ai, telemetry };
  return sha256(canonicalJson(told)).slice(0, 12);
}

/** All routes of an API share its policies, some of which are as large as a whole OpenAPI document. */
const digests = new WeakMap<object, string>();

function digested(policy: PolicySpec): unknown {
  const { config } = policy;
  if (typeof config !== 'object' || config === null) return policy;
  const digest = digests.get(config) ?? sha256(canonicalJson(config));
  digests.set(config, digest);
  return { ...policy, config: digest };
}

function withoutKeys(upstream: UpstreamSpec): UpstreamSpec {
  const { endpoints, discovery } = upstream;
  return {
    ...upstream,
    endpoints: endpoints.map(withoutKey),
    ...(discovery && { discovery: discovery.map(withoutKey) }),
  };
}

/** The id of its settings stands for the key. */
function withoutKey<Spec extends Pick<EndpointSpec, 'tlsWith'>>(spec: Spec): Spec {
  if (spec.tlsWith?.key === undefined) return spec;
  return { ...spec, tlsWith: { ...spec.tlsWith, key: '' } };
}

function withoutSecret(credential: CredentialSpec): CredentialSpec {
  const { match } = credential;
  if (match?.kind === 'basic') return { ...credential, match: { ...match, argon2: sha256(match.argon2) } };
  return match?.kind === 'signature' ? { ...credential, match: { ...match, key: sha256(match.key) } } : credential;
}

/** Values of headers and options of plugins may be secrets. */
function withoutHeaders({ traces, logs }: TelemetrySpec): unknown {
  const hidden = (value: unknown): string => sha256(canonicalJson(value));
  return {
    traces: traces && { ...traces, otlp: { ...traces.otlp, headers: hidden(traces.otlp.headers) } },
    logs: logs.map(({ target, ...rest }) => ({ ...rest, target: { kind: target.kind, is: hidden(target) } })),
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Keys in the order of their characters, no spaces, nothing for `undefined`. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
