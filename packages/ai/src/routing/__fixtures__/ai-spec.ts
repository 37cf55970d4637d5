import type { AiSpec, AiTimeoutSpec, ModelSpec, ModelTarget, ProviderSpec } from '@gatehouse/config';

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
  const [, name = '', model = '', weight = '1'] = /^([^/]+)\/(\S+)(?: (\d+))?$/.exec(text) ?? [];
  return { provider: name, model, weight: Number(weight) };
}
