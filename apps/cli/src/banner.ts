export interface BannerFacts {
  readonly host: string;
  readonly port: number;
  /** Where callers come in by TLS, if they do. */
  readonly tls: { readonly host: string; readonly port: number } | undefined;
  readonly status: string;
  readonly statusPort: number;
  /** Where the admin API is, if it is anywhere. */
  readonly control: { readonly host: string; readonly port: number } | undefined;
  /** Under which people reach it, where that was said. */
  readonly publicUrl?: string | undefined;
  /** By which the first administrator is made, where there is none. */
  readonly setupToken: string | undefined;
  readonly config: string | undefined;
  /** The demo application's key, when the demo is served. */
  readonly key: string | undefined;
  readonly workers: number;
  readonly startedInMs: number;
}

/** What a person needs to make the first call: at most a dozen lines. */
export function banner(facts: BannerFacts): string[] {
  const gateway = `http://${shown(facts.host)}:${facts.port}`;
  const workers = facts.workers === 1 ? '1 worker' : `${facts.workers} workers`;
  const lines = [
    `Gatehouse is ready in ${Math.round(facts.startedInMs)} ms (${workers})`,
    `  gateway  ${gateway}`,
    ...(facts.tls === undefined ? [] : [`  TLS      https://${shown(facts.tls.host)}:${facts.tls.port}`]),
    ...(facts.control === undefined
      ? []
      : [`  admin    ${facts.publicUrl ?? `http://${shown(facts.control.host)}:${facts.control.port}`}/api/v1`]),
    ...(facts.setupToken === undefined
      ? []
      : [`  setup    ${facts.setupToken}  (once, for the first administrator: POST /api/v1/setup)`]),
    `  status   http://${shown(facts.status)}:${facts.statusPort}/readyz  /metrics`,
  ];
  if (facts.key === undefined)
    return [...lines, `  config   ${facts.config ?? ''} (changes are applied as they are saved)`];
  return [
    ...lines,
    `  key      ${facts.key}`,
    '',
    'Try a REST call and a model call; neither needs an account:',
    `  curl -H 'Authorization: Bearer ${facts.key}' ${gateway}/v1/users`,
    `  curl -H 'Authorization: Bearer ${facts.key}' -H 'Content-Type: application/json' ${gateway}/v1/chat/completions -d '{"model":"demo","messages":[{"role":"user","content":"Hello"}]}'`,
  ];
}

function shown(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
