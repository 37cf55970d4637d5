import { basePath } from '../forms/path-pattern.ts';
import { endpointAddress } from '../forms/endpoint-url.ts';
import { fraction, milliseconds } from '../forms/units.ts';
import { quote } from '../problems/nearest.ts';
import type { AiSource, ModelSource, ProviderSource } from '../schema/ai-schema.ts';
import type {
  AiSpec,
  AiTimeoutSpec,
  ApiKeySpec,
  AwsSpec,
  BudgetSpec,
  EndpointSpec,
  ModelCacheSpec,
  ModelSpec,
  ProviderSpec,
  RouteSpec,
} from '../snapshot.ts';
import { AI_API, AI_PATHS, BODY_BYTES_MAX, NAMED_BY_PATH } from './ai-paths.ts';
import type { ConfigSource } from '../schema/config-schema.ts';
import { checkReference, type Compilation } from './compilation.ts';
import { guardSpecs } from './compile-guards.ts';
import { mediaSpec } from './compile-media.ts';
import { promptSpecs } from './compile-prompts.ts';
import { checkWeights } from './compile-upstreams.ts';
import { policySpecs } from './policy-specs.ts';
import { routeId, type RouteDraft } from './route-identity.ts';
import { checkSemanticCache, semanticCacheSpec } from './semantic-cache.ts';

/** What this room needs of a row of the provider table. */
export interface ProviderRow {
  readonly kind: string;
  readonly aliases?: readonly string[];
  /** `undefined`: the file must give it. */
  readonly baseUrl: string | undefined;
  /** Absent where it makes no vectors. */
  readonly embeds?: unknown;
  /** What it has beside chat, such as `moderations`. */
  readonly serves?: Readonly<Partial<Record<string, unknown>>>;
}

/**
 * Chat requests carry images and files, and recordings may have the 25 MB that OpenAI takes; they are read whole, so the
 * limit is lower than that of other routes.
 */
const AI_BODY_BYTES_MAX = 32 * 1024 ** 2;

/** The built-in model answers without an address: the host program puts that of its own server here. */
const DEMO = 'demo';
const DEMO_ENDPOINT: EndpointSpec = {
  id: 'http://demo.invalid:0',
  tls: false,
  host: 'demo.invalid',
  port: 0,
  authority: 'demo.invalid',
  basePath: '',
  weight: 1,
};

export function compileAi(ai: AiSource, rows: readonly ProviderRow[], compilation: Compilation): AiSpec {
  const kinds = new Map(rows.flatMap((row) => [row.kind, ...(row.aliases ?? [])].map((name) => [name, row] as const)));
  const providers = Object.entries(ai.providers).map(([name, provider]) => {
    const row = checkKind(provider, kinds, compilation);
    return [name, providerSpec(name, { provider, row, compilation })] as const;
  });
  const models = Object.entries(ai.models).map(([name, model]) => {
    checkModel(model, compilation);
    checkSemanticCache(model, { providers: ai.providers, kinds, compilation });
    return [name, modelSpec(name, model, ai)] as const;
  });
  return {
    basePath: basePath(ai.basePath),
    access: ai.require,
    providers: Object.fromEntries(providers),
    models: Object.fromEntries(models),
    prices: ai.prices,
    budgets: budgetSpecs(ai, compilation.source.plans),
    timeouts: timeoutSpec(ai.timeouts),
    ...(Object.keys(ai.guards).length > 0 && { guards: guardSpecs(ai) }),
    ...(Object.keys(ai.prompts).length > 0 && { prompts: promptSpecs(ai) }),
    media: mediaSpec(ai.media),
    bodyBytesMax: AI_BODY_BYTES_MAX,
  };
}

function budgetSpecs({ access = [], budgets }: AiSource, plans: ConfigSource['plans']): BudgetSpec[] {
  const ofApplications = access.flatMap(({ application: name, budget }) =>
    budget === undefined ? [] : [{ of: 'application', name, ...budget } as const],
  );
  const ofPlans = Object.entries(plans).flatMap(([plan, { ai }]) =>
    ai?.budget === undefined ? [] : [{ of: 'application', name: undefined, plan, ...ai.budget } as const],
  );
  return [...ofApplications, ...ofPlans, ...budgets].map(({ of, name, usd, per, mode, ...only }) => ({
    of,
    name,
    ...only,
    limitMicroUsd: Math.round(usd * 1e6),
    per,
    hard: mode === 'hard',
  }));
}

/** A misspelt name would be a budget that never runs out. */
export function checkBudgets({ budgets, prices }: AiSource, compilation: Compilation): void {
  for (const name of Object.keys(prices)) {
    const known = compilation.declared.providers;
    checkReference({ noun: 'provider', holder: prices, key: name, name, known }, compilation);
  }
  const { declared } = compilation;
  const known = { application: declared.applications, model: declared.models, provider: declared.providers };
  for (const budget of budgets) {
    const { of, name } = budget;
    if (name === undefined || !(of in known)) continue;
    const noun = of === 'application' || of === 'model' ? of : 'provider';
    checkReference({ noun, holder: budget, key: 'name', name, known: known[noun] }, compilation);
  }
}

function checkKind(
  provider: ProviderSource,
  kinds: ReadonlyMap<string, ProviderRow>,
  compilation: Compilation,
): ProviderRow | undefined {
  const known = new Set(kinds.keys());
  checkReference({ noun: 'kind', holder: provider, key: 'kind', name: provider.kind, known }, compilation);
  return kinds.get(provider.kind);
}

interface ProviderInput {
  readonly provider: ProviderSource;
  readonly row: ProviderRow | undefined;
  readonly compilation: Compilation;
}

function providerSpec(name: string, { provider, row, compilation }: ProviderInput): ProviderSpec {
  const baseUrl = provider.baseUrl ?? row?.baseUrl ?? regionalUrl(provider, row);
  if (row !== undefined) checkBaseUrl(provider, row, compilation);
  if (row !== undefined) checkSigning(provider, row, compilation);
  checkKeys(provider, compilation);
  return {
    name,
    kind: row?.kind ?? provider.kind,
    endpoint: baseUrl === undefined ? DEMO_ENDPOINT : { ...endpointAddress(baseUrl), weight: 1 },
    apiKey: provider.apiKey,
    apiKeys: provider.apiKeys?.map(apiKeySpec),
    aws: awsSpec(provider),
  };
}

type ApiKeySource = NonNullable<ProviderSource['apiKeys']>[number];

function apiKeySpec({ name, key, weight, limits }: ApiKeySource): ApiKeySpec {
  const { requests, tokens } = limits ?? {};
  return { name, key, weight, limits: limits && { requests, tokens, windowMs: milliseconds(limits.window) } };
}

function checkKeys({ apiKey, apiKeys, accessKeyId }: ProviderSource, { places, report }: Compilation): void {
  if (apiKeys === undefined) return;
  if ((apiKey ?? accessKeyId) !== undefined) {
    const other = quote(apiKey === undefined ? 'accessKeyId' : 'apiKey');
    report.problem(places.of(apiKeys), `${quote('apiKeys')} stand instead of ${other}, write one of the two`);
  }
  if (apiKeys.every(({ weight }) => weight === 0)) {
    report.problem(places.of(apiKeys), `${quote('apiKeys')} all have weight 0, give one of them more`);
  }
  const names = new Set<string>();
  const keys = new Set<string>();
  for (const entry of apiKeys) {
    const { name, key, limits } = entry;
    // Two names of one key would be two circuits and two counts of what the vendor counts once.
    if (names.has(name)) report.problem(places.at(entry, 'name'), 'this name is taken, give each key one of its own');
    else if (keys.has(key)) report.problem(places.at(entry, 'key'), 'this key is written twice, leave one out');
    names.add(name);
    keys.add(key);
    if (limits !== undefined && (limits.requests ?? limits.tokens) === undefined) {
      const message = `${quote('limits')} limit nothing, write ${quote('requests')}, ${quote('tokens')} or both`;
      report.problem(places.of(limits), message);
    }
  }
}

const SIGNED = ['accessKeyId', 'secretAccessKey', 'sessionToken'] as const;
const REGION = 'us-east-1';

/** The vendors whose address depends on a region. */
const REGIONAL: Readonly<Record<string, (region: string) => string>> = {
  bedrock: (region) => `https://bedrock-runtime.${region}.amazonaws.com`,
};

function regionalUrl({ region }: ProviderSource, row: ProviderRow | undefined): string | undefined {
  return region === undefined ? undefined : REGIONAL[row?.kind ?? '']?.(region);
}

function awsSpec({ accessKeyId, secretAccessKey, sessionToken, region = REGION }: ProviderSource): AwsSpec | undefined {
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken, region };
}

function checkSigning(provider: ProviderSource, row: ProviderRow, { places, report }: Compilation): void {
  const signs = row.kind in REGIONAL;
  for (const field of [...SIGNED, 'region'] as const) {
    if (provider[field] === undefined || signs) continue;
    report.warning(places.key(provider, field), `\`${field}\` has no meaning for this kind of provider, leave it out`);
  }
  const one = provider.accessKeyId ?? provider.secretAccessKey;
  if (signs && one !== undefined && awsSpec(provider) === undefined) {
    report.problem(places.of(provider), '`accessKeyId` and `secretAccessKey` belong together, write both');
  }
}

function checkBaseUrl(provider: ProviderSource, row: ProviderRow, { places, report }: Compilation): void {
  const written = places.wrote(provider, 'baseUrl');
  if (row.kind === DEMO) {
    const message = '`baseUrl` has no meaning here, leave it out: the built-in model is part of the gate';
    if (written) report.problem(places.key(provider, 'baseUrl'), message);
  } else if (row.baseUrl === undefined && !written && regionalUrl(provider, row) === undefined) {
    const region = row.kind in REGIONAL ? '`region` or ' : '';
    const message = `${region}\`baseUrl\` is missing, write it: this kind of provider has no address of its own`;
    report.problem(places.of(provider), message);
  }
}

function checkModel(model: ModelSource, compilation: Compilation): void {
  const { targets, fallback } = model;
  for (const target of [...targets, ...fallback]) {
    const known = compilation.declared.providers;
    checkReference({ noun: 'provider', holder: target, key: 'provider', name: target.provider, known }, compilation);
  }
  checkWeights(targets, compilation);
}

function modelSpec(name: string, model: ModelSource, ai: AiSource): ModelSpec {
  const { targets, fallback, strict, balance, affinity, retries, timeouts, hedge, cache } = model;
  return {
    name,
    strict,
    targets,
    fallback,
    balance,
    affinity,
    retries: { attempts: retries.attempts, budget: fraction(retries.budget) },
    timeouts: timeoutSpec({ ...ai.timeouts, ...timeouts }),
    hedgeAfterMs: hedge && milliseconds(hedge.after),
    ...(cache !== undefined && { cache: cacheSpec(cache) }),
  };
}

function timeoutSpec({ connect, firstByte, firstToken, idle, total }: AiSource['timeouts']): AiTimeoutSpec {
  const connectMs = milliseconds(connect);
  const firstByteMs = milliseconds(firstByte);
  return {
    connectMs,
    firstByteMs,
    firstTokenMs: firstToken === undefined ? connectMs + firstByteMs : milliseconds(firstToken),
    idleMs: milliseconds(idle),
    totalMs: total === undefined ? undefined : milliseconds(total),
  };
}

function cacheSpec({ ttl, semantic, ...rules }: NonNullable<ModelSource['cache']>): ModelCacheSpec {
  const spec = { ttlMs: milliseconds(ttl), ...rules };
  return semantic === undefined ? spec : { ...spec, semantic: semanticCacheSpec(semantic) };
}

export function aiRoutes(spec: AiSpec, ai: AiSource, compilation: Compilation): RouteDraft[] {
  const { places, report, source } = compilation;
  const policies = policySpecs(ai.policies, AI_API, {
    ...compilation,
    context: {
      basePath: spec.basePath,
      document: undefined,
      readText: compilation.readText,
      upstream: () => undefined,
    },
  });
  return AI_PATHS.map(([method, path, endpoint]) => {
    const route: RouteSpec = {
      id: routeId({ api: AI_API, method, path: spec.basePath + path, when: undefined }),
      api: AI_API,
      version: '',
      hosts: [],
      method,
      path: spec.basePath + path,
      strip: '',
      when: undefined,
      access: spec.access,
      allow: NAMED_BY_PATH.has(endpoint) ? ['encoded-slash'] : [],
      policies,
      bodyBytesMax: BODY_BYTES_MAX[endpoint] ?? spec.bodyBytesMax,
      target: { kind: 'ai', endpoint },
    };
    return { spec: route, report, place: places.key(source, 'ai') };
  });
}
