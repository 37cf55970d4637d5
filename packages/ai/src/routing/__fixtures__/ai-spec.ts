import type { AiSpec, AiTimeoutSpec, ApiKeyLimitSpec, ModelSpec, ModelTarget, ProviderSpec } from '@gatehouse/config';

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

/** A provider with several keys; a name may be followed by its weight: `one 3`. */
export function pooled(name: string, keys: readonly string[], limits?: ApiKeyLimitSpec): ProviderSpec {
  const apiKeys = keys.map((text) => {
    const [key = '', weight = '1'] = text.split(' ');
    return { name: key, key: `${key} key of ${name}`, weight: Number(weight), limits };
  });
  return provider(name, 'openai', { apiKey: undefined, apiKeys });
}

export const TIMEOUTS: AiTimeoutSpec = {
  connectMs: 5000,
  firstByteMs: 60_000,
  firstTokenMs: 65_000,
  idleMs: 30_000,
  totalMs: undefined,
};

type ModelTexts = Partial<Omit<ModelSpec, 'targets' | 'fallback'>> & {
  readonly targets: readonly string[];
  readonly fallback?: readonly string[];
};

/** Models from texts such as `openai/gpt-5 9`: provider, model and weight. */
export function aiSpec(
  providers: readonly ProviderSpec[],
  models: Readonly<Record<string, ModelTexts>>,
): Pick<AiSpec, 'providers' | 'models' | 'timeouts'> {
  return {
    providers: Object.fromEntries(providers.map((spec) => [spec.name, spec])),
    models: Object.fromEntries(Object.entries(models).map(([name, texts]) => [name, model(name, texts)])),
    timeouts: TIMEOUTS,
  };
}

function model(name: string, { targets, fallback = [], ...rest }: ModelTexts): ModelSpec {
  return {
    name,
    strict: false,
    balance: 'weighted',
    affinity: undefined,
    retries: { attempts: 1, budget: 0.2 },
    timeouts: TIMEOUTS,
    hedgeAfterMs: undefined,
    ...rest,
    targets: targets.map(target),
    fallback: fallback.map(target),
  };
}

function target(text: string): ModelTarget {
  const [, name = '', its = '', weight = '1'] = /^([^/]+)\/(\S+)(?: (\d+))?$/.exec(text) ?? [];
  return { provider: name, model: its, weight: Number(weight) };
}
