import type { ProviderSpec, Snapshot } from '@gatehouse/config';

/** Does the configuration name the built-in demo model? */
export function wantsDemoModel({ ai }: Snapshot): boolean {
  return Object.values(ai?.providers ?? {}).some(({ kind }) => kind === 'demo');
}

/** The same snapshot with its `demo` providers pointing at the demo model that runs in this process. */
export function withDemoModel(snapshot: Snapshot, url: string): Snapshot {
  const { ai } = snapshot;
  if (ai === undefined) return snapshot;
  const { hostname, port, pathname } = new URL(url);
  const endpoint = {
    id: `http://${hostname}:${port}`,
    tls: false,
    host: hostname,
    port: Number(port),
    authority: `${hostname}:${port}`,
    basePath: pathname,
    weight: 1,
  };
  const point = (provider: ProviderSpec): ProviderSpec =>
    provider.kind === 'demo' ? { ...provider, endpoint } : provider;
  const providers = Object.fromEntries(Object.entries(ai.providers).map(([name, spec]) => [name, point(spec)]));
  return { ...snapshot, ai: { ...ai, providers } };
}
