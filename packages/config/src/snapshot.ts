import type { CredentialSpec, PlanSpec } from './caller-spec.ts';
import type { AiGuardSpec } from './guard-spec.ts';
import type { PublishedPromptSpec } from './prompt-spec.ts';
import type { TelemetrySpec } from './telemetry-spec.ts';
import type { EndpointSpec, TimeoutSpec, UpstreamSpec } from './upstream-spec.ts';

export type * from './caller-spec.ts';
export type * from './telemetry-spec.ts';
export type * from './upstream-spec.ts';

/**
 * The compiled configuration: immutable, defaulted, resolved plain data that every worker can clone.
 * The request path reads this and never the source. Times are ms, sizes are bytes, secrets are hashes
 * except provider keys, which workers need in clear and nobody prints.
 */
export interface Snapshot {
  /** First 12 hex digits of SHA-256 over the canonical JSON of the rest. */
  readonly version: string;
  readonly upstreams: Readonly<Record<string, UpstreamSpec>>;
  readonly routes: readonly RouteSpec[];
  readonly credentials: readonly CredentialSpec[];
  /** By name, for callers whom the directory knows; absent where there are none. */
  readonly plans?: Readonly<Record<string, PlanSpec>>;
  readonly ai: AiSpec | undefined;
  /** How callers reach the gate; absent where nothing is said of it. */
  readonly gateway?: GatewaySpec;
  /** By name; absent where there are none. */
  readonly plugins?: Readonly<Record<string, PluginSpec>>;
  /** Absent where nobody is told of calls. */
  readonly telemetry?: TelemetrySpec;
  /** Absent where nothing is said of it. */
  readonly records?: RecordsSpec;
}

/** For how long what is kept of calls, and how much of it. */
export interface RecordsSpec {
  readonly bytesMax: number;
  readonly recordsMs?: number;
  readonly bodiesMs?: number;
  readonly minutesMs?: number;
  readonly hoursMs?: number;
  readonly ledgerMs?: number;
}

export interface GatewaySpec {
  readonly tls: TlsSpec | undefined;
  /** Ranges of addresses. */
  readonly trustedProxies: readonly string[];
  readonly forwardedBy: 'x-forwarded-for' | 'forwarded';
  readonly proxyProtocol: 'off' | 'optional' | 'required';
}

export interface TlsSpec {
  readonly listen: { readonly host: string; readonly port: number };
  readonly certificates: readonly CertificateSpec[];
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly clientCertificates: { readonly mode: 'optional' | 'required'; readonly ca: string } | undefined;
  readonly redirect: boolean | number;
}

export interface CertificateSpec {
  /** Lower case; `*.example.com` is any host one label below. */
  readonly hosts: readonly string[];
  /** PEM, with its chain. */
  readonly cert: string;
  /** PEM; workers need it in clear. Never logged, never in the version hash. */
  readonly key: string;
  readonly isDefault: boolean;
}

/** A policy that the operator wrote. */
export interface PluginSpec {
  /** Where its code came from: what it imports is looked up from there. */
  readonly file: string;
  /** JavaScript: its types are gone. */
  readonly code: string;
  /** Of a hook that waits. */
  readonly timeoutMs: number;
}

export type Access = 'open' | 'key' | 'subscribed';
export type AiEndpoint =
  | 'chat'
  | 'responses'
  | 'messages'
  | 'count-tokens'
  | 'gemini'
  | 'converse'
  | 'cohere-chat'
  | 'ollama-chat'
  | 'embeddings'
  | 'cohere-embed'
  | 'ollama-embed'
  | 'images'
  | 'image-edits'
  | 'transcriptions'
  | 'translations'
  | 'speech'
  | 'moderations'
  | 'models'
  | 'model'
  | 'gemini-models'
  | 'gemini-model'
  | 'ollama-tags';
/** Encodings that a route may let through; all are refused by default. */
export type Ambiguity =
  | 'encoded-slash'
  | 'encoded-backslash'
  | 'encoded-nul'
  | 'encoded-dot'
  | 'empty-segment'
  | 'semicolon';

export interface RouteSpec {
  /** Stable name for records and counters: `<api> <METHOD> <path>`. */
  readonly id: string;
  readonly api: string;
  readonly version: string;
  /** Empty: any host. `*.example.com` matches one or more labels. Lower case, no port. */
  readonly hosts: readonly string[];
  /** An upper-case method or `*`. */
  readonly method: string;
  /**
   * Full public pattern: literal segments, `{name}` for one segment, and a last `*` for any rest, which includes none:
   * `/v1/files/*` matches `/v1/files`, `/v1/files/` and all below.
   */
  readonly path: string;
  /** What is taken off the front of the canonical path on the way up; '' for nothing. Always a literal prefix of `path`. */
  readonly strip: string;
  readonly when: RouteCondition | undefined;
  readonly access: Access;
  readonly allow: readonly Ambiguity[];
  readonly policies: readonly PolicySpec[];
  readonly bodyBytesMax: number;
  /** Where it goes: a name in `upstreams`, an endpoint of the AI gateway, or one of its prompts. */
  readonly target:
    | { readonly kind: 'upstream'; readonly upstream: string }
    | { readonly kind: 'ai'; readonly endpoint: AiEndpoint }
    | PromptTarget;
}

/** `card`: what a prompt takes and gives. */
export interface PromptTarget {
  readonly kind: 'prompt';
  readonly prompt: string;
  readonly wants: 'answer' | 'card';
}

export interface RouteCondition {
  /** Lower-case header name → exact value, or `*` for any. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Absent where one version is all that there is. */
  readonly version?: VersionCondition;
}

/** Which of several versions under one address a request asks for. */
export interface VersionCondition {
  readonly in: 'header' | 'query' | 'media-type';
  /** Lower case for a header. Of a media type: its parameter, or all of it with `{version}`, in small letters. */
  readonly name: string;
  /** That very version, or one of the days from `from` on and before `until`, as `2026-06-16`. */
  readonly is: string | { readonly from: string; readonly until: string | undefined };
  /** Also for requests that ask for none. */
  readonly byDefault: boolean;
}

/** A policy as configured: its name and its validated, defaulted config (see the policy's own schema). */
export interface PolicySpec {
  readonly name: string;
  readonly config: unknown;
  /**
   * Where it is written, part of the keys that it counts under: `<api>#<policy>.<n>`, or `<route id>#<policy>.<n>` for a
   * route's own, with n from 0 among the policies of that name in the list. All routes of an API have the API's
   * policies with the same scopes, so they share their counts.
   */
  readonly scope: string;
}

export interface AiSpec {
  readonly basePath: string;
  readonly access: Access;
  readonly providers: Readonly<Record<string, ProviderSpec>>;
  readonly models: Readonly<Record<string, ModelSpec>>;
  readonly prices: Readonly<Record<string, Readonly<Record<string, ModelPriceSpec>>>>;
  readonly budgets: readonly BudgetSpec[];
  readonly timeouts: AiTimeoutSpec;
  /** In the order of the file; absent where there are none. */
  readonly guards?: readonly AiGuardSpec[];
  /** By name; absent where there are none. */
  readonly prompts?: Readonly<Record<string, PublishedPromptSpec>>;
  /** Undefined: nothing is fetched. */
  readonly media?: MediaSpec | undefined;
  readonly bodyBytesMax: number;
}

export interface AiTimeoutSpec extends TimeoutSpec {
  /** From the start of a try to the first token of a stream. */
  readonly firstTokenMs: number;
  /** From the first try to the last byte of the answer; undefined: as long as tokens come. */
  readonly totalMs: number | undefined;
}

/** What the operator knows better than the catalogue; prices in US dollars for a million tokens. */
export interface ModelPriceSpec {
  readonly input?: number | string;
  readonly output?: number | string;
  readonly cacheRead?: number | string;
  readonly cacheWrite?: number | string;
  readonly contextTokens?: number;
  readonly maxOutputTokens?: number;
  readonly capabilities?: ModelCapabilitySpec;
}

/** What a model can and cannot; what is absent is as the catalogue says. */
export interface ModelCapabilitySpec {
  readonly vision?: boolean;
  readonly documents?: boolean;
  readonly audio?: boolean;
  readonly tools?: boolean;
  readonly schema?: boolean;
  readonly reasoning?: boolean;
  /** False: it takes media inside the request only. */
  readonly mediaUrls?: boolean;
}

/** What callers point at by URL and a provider takes as bytes only: what the gate fetches for them. */
export interface MediaSpec {
  /** Of all media of one call. */
  readonly bytesMax: number;
  /** For all media of one call. */
  readonly timeoutMs: number;
  readonly hosts: readonly MediaHostSpec[];
  /** Ranges such as `10.0.0.0/8` that are reached though they are nobody's public addresses. */
  readonly addresses: readonly string[];
}

export interface MediaHostSpec {
  readonly scheme: 'https' | 'http';
  /** Lower case; `*`: any; `*.example.com`: any below. */
  readonly host: string;
  readonly port: number;
}

export type BudgetHolder = 'application' | 'credential' | 'team' | 'model' | 'provider' | 'all';

export interface BudgetSpec {
  readonly of: BudgetHolder;
  /** Which of them; undefined: each one has a budget of its own. */
  readonly name: string | undefined;
  /** Only for applications that may call models under this plan. */
  readonly plan?: string;
  readonly limitMicroUsd: number;
  readonly per: 'hour' | 'day' | 'week' | 'month' | 'total';
  /** Calls beyond it are refused; else it only tells. */
  readonly hard: boolean;
}

export interface ProviderSpec {
  readonly name: string;
  /** A row of the provider table, e.g. `openai`, `openai-compatible`, `demo`. */
  readonly kind: string;
  readonly endpoint: EndpointSpec;
  /** In clear: workers send it. Never logged, never in the version hash. */
  readonly apiKey: string | undefined;
  /** Several instead of the one; absent where there is one or none. */
  readonly apiKeys?: readonly ApiKeySpec[] | undefined;
  /** For vendors whose requests are signed instead; in clear, as `apiKey` is. */
  readonly aws: AwsSpec | undefined;
}

/** One key of a provider's pool. */
export interface ApiKeySpec {
  /** Unique among the keys of its provider. */
  readonly name: string;
  /** In clear, as `apiKey` is. */
  readonly key: string;
  /** 0 for a reserve. */
  readonly weight: number;
  readonly limits: ApiKeyLimitSpec | undefined;
}

/** Of all workers together. */
export interface ApiKeyLimitSpec {
  readonly requests: number | undefined;
  readonly tokens: number | undefined;
  readonly windowMs: number;
}

export interface AwsSpec {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  readonly region: string;
}

export type ModelBalance = 'weighted' | 'priority' | 'latency' | 'cost' | 'least-busy';
/** What a model's calls may have in common that keeps them with one target. */
export type Affinity = 'session' | 'prefix';

export interface ModelSpec {
  readonly name: string;
  /** What a provider cannot do is refused instead of left out. */
  readonly strict: boolean;
  /** First choices. */
  readonly targets: readonly ModelTarget[];
  /** Tried in order when the first choice fails before its first byte. */
  readonly fallback: readonly ModelTarget[];
  /** How one of `targets` is chosen. */
  readonly balance: ModelBalance;
  readonly affinity: Affinity | undefined;
  readonly retries: ModelRetrySpec;
  /** The AI gateway's own with what the model has different. */
  readonly timeouts: AiTimeoutSpec;
  /** So long without a first token, then a second target is asked too; undefined: never. */
  readonly hedgeAfterMs: number | undefined;
  /** Answers are kept, for the same application and the same call. */
  readonly cache?: ModelCacheSpec;
}

export interface ModelRetrySpec {
  /** Further tries at targets that have failed; 0 for none. */
  readonly attempts: number;
  /** Share of calls that may be such tries or hedges, 0 to 1. */
  readonly budget: number;
}

export interface ModelCacheSpec {
  readonly ttlMs: number;
  readonly refusals: boolean;
  readonly toolCalls: boolean;
  readonly zeroTemperatureOnly: boolean;
  /** Answers are given to questions too that mean the same; absent: to the same only. */
  readonly semantic?: SemanticCacheSpec;
}

export interface SemanticCacheSpec {
  /** Makes the vectors. */
  readonly provider: string;
  /** The provider's name of the model that does. */
  readonly model: string;
  /** Cosine, 0 to 1. */
  readonly threshold: number;
  /** Of each worker. */
  readonly maxEntries: number;
  readonly timeoutMs: number;
}

export interface ModelTarget {
  readonly provider: string;
  readonly model: string;
  readonly weight: number;
}
