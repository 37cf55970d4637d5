import type { AiSpec, ModelTarget, ProviderSpec } from '@gatehouse/config';

/** A provider for tests; the port keeps endpoints apart. */
export function provider(name: string, kind: string, rest: Partial<ProviderSpec> = {}): ProviderSpec {
  const host = `${name}.test`;
  const id = `https://${host}:443`;
  return {
    name,
    kind,
    endpoint: { id, tls: true, host, port: 443, authority: host, basePath: '/v1', weight: 1 },
    apiKey: `key of ${name}`,
    aws: undefined,
    ...rest,
  };
}

type ModelsSpec = Readonly<Record<string, { targets: readonly string[]; fallback?: readonly string[] }>>;

/** Models from texts such as `openai/gpt-5 9`: provider, model and weight. */
export function aiSpec(providers: readonly ProviderSpec[], models: ModelsSpec): Pick<AiSpec, 'providers' | 'models'> {
  return {
    providers: Object.fromEntries(providers.map((spec) => [spec.name, spec])),
    models: Object.fromEntries(
      Object.entries(models).map(([name, { targets, fallback = [] }]) => [
        name,
        { name, strict: false, targets: targets.map(target), fallback: fallback.map(target) },
      ]),
    ),
  };
}

function target(text: string): ModelTarget {
  const [, name = '', model = '', weight = '1'] = /^([^/]+)\/(\S+)(?: (\d+))?$/.exec(text) ?? [];
  return { provider: name, model, weight: Number(weight) };
}
