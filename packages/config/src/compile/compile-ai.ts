import { basePath } from '../forms/path-pattern.ts';
import { endpointAddress } from '../forms/endpoint-url.ts';
import type { AiSource, ModelSource, ProviderSource } from '../schema/ai-schema.ts';
import type { AiEndpoint, AiSpec, EndpointSpec, ModelSpec, ProviderSpec, RouteSpec } from '../snapshot.ts';
import { checkReference, type Compilation } from './compilation.ts';
import { checkWeights, timeoutSpec } from './compile-upstreams.ts';
import { policySpecs } from './policy-specs.ts';
import { routeId, type RouteDraft } from './route-identity.ts';

/** What this room needs of a row of the provider table. */
export interface ProviderRow {
  readonly kind: string;
  readonly aliases?: readonly string[];
  /** `undefined`: the file must give it. */
  readonly baseUrl: string | undefined;
}

/** Chat requests carry images and files; they are read whole, so the limit is lower than that of other routes. */
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
    return [name, modelSpec(name, model)] as const;
  });
  return {
    basePath: basePath(ai.basePath),
    access: ai.require,
    providers: Object.fromEntries(providers),
    models: Object.fromEntries(models),
    timeouts: timeoutSpec(ai.timeouts),
    bodyBytesMax: AI_BODY_BYTES_MAX,
  };
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

const UNUSED = ['accessKeyId', 'secretAccessKey', 'sessionToken', 'region'] as const;

function providerSpec(name: string, { provider, row, compilation }: ProviderInput): ProviderSpec {
  const baseUrl = provider.baseUrl ?? row?.baseUrl;
  if (row !== undefined) checkBaseUrl(provider, row, compilation);
  const { places, report } = compilation;
  for (const field of UNUSED) {
    if (provider[field] !== undefined) {
      report.warning(
        places.key(provider, field),
        `\`${field}\` is not used by this version, calls carry \`apiKey\` only`,
      );
    }
  }
  return {
    name,
    kind: row?.kind ?? provider.kind,
    endpoint: baseUrl === undefined ? DEMO_ENDPOINT : { ...endpointAddress(baseUrl), weight: 1 },
    apiKey: provider.apiKey,
  };
}

function checkBaseUrl(provider: ProviderSource, row: ProviderRow, { places, report }: Compilation): void {
  const written = places.wrote(provider, 'baseUrl');
  if (row.kind === DEMO) {
    const message = '`baseUrl` has no meaning here, leave it out: the built-in model is part of the gate';
    if (written) report.problem(places.key(provider, 'baseUrl'), message);
  } else if (row.baseUrl === undefined && !written) {
    const message = '`baseUrl` is missing, write it: this kind of provider has no address of its own';
    report.problem(places.of(provider), message);
  }
}

function checkModel(model: ModelSource, compilation: Compilation): void {
  const { targets, fallback, strict } = model;
  if (strict) {
    const message =
      '`strict` has no effect in this version: calls go out as they came, and what a provider ignores is not seen';
    compilation.report.warning(compilation.places.key(model, 'strict'), message);
  }
  for (const target of [...targets, ...fallback]) {
    const known = compilation.declared.providers;
    checkReference({ noun: 'provider', holder: target, key: 'provider', name: target.provider, known }, compilation);
  }
  checkWeights(targets, compilation);
}

function modelSpec(name: string, { targets, fallback }: ModelSource): ModelSpec {
  return { name, targets, fallback };
}

const AI_PATHS: readonly (readonly [method: string, path: string, endpoint: AiEndpoint])[] = [
  ['POST', '/v1/chat/completions', 'chat'],
  ['POST', '/v1/embeddings', 'embeddings'],
  ['GET', '/v1/models', 'models'],
  ['GET', '/v1/models/*', 'model'],
];

/** The name that records, counters and refusals have for AI paths. */
export const AI_API = 'ai';

export function aiRoutes(spec: AiSpec, ai: AiSource, compilation: Compilation): RouteDraft[] {
  const { places, report, source } = compilation;
  const policies = policySpecs(ai.policies, AI_API, compilation);
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
      // Clients escape the slash in the name of a model; the path goes nowhere but to our own look-up.
      allow: endpoint === 'model' ? ['encoded-slash'] : [],
      policies,
      bodyBytesMax: spec.bodyBytesMax,
      target: { kind: 'ai', endpoint },
    };
    return { spec: route, report, place: places.key(source, 'ai') };
  });
}
