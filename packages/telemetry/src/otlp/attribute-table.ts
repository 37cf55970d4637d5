import type { ExchangeRecord } from '@gatehouse/record';
import { keyValue, type AttributeValue, type KeyValue } from './otlp-model.ts';

/** Whose attribute it is: the call's own, the model call's inside it, or nobody's because it is said in another way. */
type Owner = 'call' | 'model' | 'other';

interface Row {
  readonly of: Owner;
  readonly name: string;
  /** From the unit of the record to that of the conventions. */
  readonly from?: (value: string | number | boolean) => AttributeValue;
  /** Seconds and milliseconds are doubles also where they are whole. */
  readonly measured?: true;
}

const seconds = (ms: string | number | boolean): number => Number(ms) / 1000;

/**
 * What each field of a record is called in OpenTelemetry: names of its semantic conventions (1.45, of which those for
 * models are still in development) where there is one, else ours. A test holds the first against the official list.
 * `path`, `method`, `host` and `route` have rules of their own and stand in `http-attributes.ts`. Calls of MCP will get
 * rows here (`mcp.method.name`, `mcp.session.id`, `gen_ai.tool.name`) when records tell of them.
 */
export const ATTRIBUTES = {
  id: { of: 'call', name: 'gatehouse.request.id' },
  time: { of: 'other', name: 'gatehouse.time' },
  worker: { of: 'call', name: 'gatehouse.worker' },
  config: { of: 'call', name: 'gatehouse.config.version' },
  api: { of: 'call', name: 'gatehouse.api' },
  version: { of: 'call', name: 'gatehouse.api.version' },
  route: { of: 'other', name: 'http.route' },
  method: { of: 'other', name: 'http.request.method' },
  path: { of: 'other', name: 'url.path' },
  host: { of: 'other', name: 'server.address' },
  status: { of: 'call', name: 'http.response.status_code' },
  code: { of: 'call', name: 'gatehouse.code' },
  application: { of: 'call', name: 'gatehouse.application' },
  credential: { of: 'call', name: 'gatehouse.credential' },
  owner: { of: 'call', name: 'gatehouse.owner' },
  subscription: { of: 'call', name: 'gatehouse.subscription' },
  plan: { of: 'call', name: 'gatehouse.plan' },
  team: { of: 'call', name: 'gatehouse.team' },
  clientIp: { of: 'call', name: 'client.address' },
  userAgent: { of: 'call', name: 'user_agent.original' },
  bytesIn: { of: 'call', name: 'http.request.body.size' },
  bytesOut: { of: 'call', name: 'http.response.body.size' },
  durationMs: { of: 'other', name: 'gatehouse.duration_ms', measured: true },
  gatewayMs: { of: 'call', name: 'gatehouse.gateway_ms', measured: true },
  guardMs: { of: 'call', name: 'gatehouse.guard_ms', measured: true },
  identifyMs: { of: 'call', name: 'gatehouse.identify_ms', measured: true },
  admitMs: { of: 'call', name: 'gatehouse.admit_ms', measured: true },
  shapeMs: { of: 'call', name: 'gatehouse.shape_ms', measured: true },
  waits: { of: 'call', name: 'gatehouse.waits' },
  connectMs: { of: 'other', name: 'gatehouse.upstream.connect_ms', measured: true },
  firstByteMs: { of: 'other', name: 'gatehouse.upstream.first_byte_ms', measured: true },
  bodyMs: { of: 'other', name: 'gatehouse.upstream.body_ms', measured: true },
  upstream: { of: 'call', name: 'gatehouse.upstream' },
  upstreamReason: { of: 'call', name: 'gatehouse.upstream.reason' },
  upstreamTries: { of: 'call', name: 'gatehouse.upstream.tries' },
  attempts: { of: 'call', name: 'gatehouse.upstream.attempts' },
  cacheStatus: { of: 'call', name: 'gatehouse.cache.status' },
  limit: { of: 'call', name: 'gatehouse.limit' },
  policies: { of: 'call', name: 'gatehouse.policies' },
  traceId: { of: 'other', name: 'gatehouse.trace.id' },
  spanId: { of: 'other', name: 'gatehouse.span.id' },
  parentSpanId: { of: 'other', name: 'gatehouse.parent_span.id' },
  traceSampled: { of: 'other', name: 'gatehouse.trace.sampled' },
  aiDialect: { of: 'model', name: 'gatehouse.ai.dialect' },
  aiModelAsked: { of: 'model', name: 'gen_ai.request.model' },
  aiPrompt: { of: 'model', name: 'gen_ai.prompt.name' },
  aiPromptVersion: { of: 'model', name: 'gatehouse.ai.prompt.version' },
  aiProvider: { of: 'model', name: 'gen_ai.provider.name', from: (kind) => providerName(String(kind)) },
  aiModel: { of: 'model', name: 'gen_ai.response.model' },
  aiAttempts: { of: 'model', name: 'gatehouse.ai.attempts' },
  aiStream: { of: 'model', name: 'gen_ai.request.stream' },
  aiFirstTokenMs: { of: 'model', name: 'gen_ai.response.time_to_first_chunk', from: seconds, measured: true },
  aiInputTokens: { of: 'model', name: 'gen_ai.usage.input_tokens' },
  aiCachedTokens: { of: 'model', name: 'gen_ai.usage.cache_read.input_tokens' },
  aiOutputTokens: { of: 'model', name: 'gen_ai.usage.output_tokens' },
  aiReasoningTokens: { of: 'model', name: 'gen_ai.usage.reasoning.output_tokens' },
  aiCostMicroUsd: { of: 'model', name: 'gatehouse.ai.cost_micro_usd' },
  aiCostElsewhere: { of: 'model', name: 'gatehouse.ai.cost_elsewhere' },
  aiPriceVersion: { of: 'model', name: 'gatehouse.ai.price_version' },
  aiLoss: { of: 'model', name: 'gatehouse.ai.loss' },
  aiGuards: { of: 'model', name: 'gatehouse.ai.guards' },
  aiFinishReason: { of: 'model', name: 'gen_ai.response.finish_reasons', from: (reason) => [String(reason)] },
  aiUsageState: { of: 'model', name: 'gatehouse.ai.usage_state' },
} as const satisfies Record<keyof ExchangeRecord, Row>;

type FieldName = keyof typeof ATTRIBUTES;
const ROWS: readonly (readonly [string, Row])[] = Object.entries(ATTRIBUTES);

/** Those of a record that belong to one span. */
export function attributesOf(record: ExchangeRecord, owner: Owner): KeyValue[] {
  return ROWS.flatMap(([field, row]) => (row.of === owner ? attribute(record, field, row) : []));
}

/** One field under its name; none where the record has it not. */
export function attributeOf(record: ExchangeRecord, field: FieldName): readonly KeyValue[] {
  return attribute(record, field, ATTRIBUTES[field]);
}

function attribute(record: ExchangeRecord, field: string, { name, from, measured }: Row): readonly KeyValue[] {
  const value: unknown = Reflect.get(record, field);
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return [];
  return [keyValue(name, from === undefined ? value : from(value), measured)];
}

export function isField(name: string): name is FieldName {
  return Object.hasOwn(ATTRIBUTES, name);
}

/** Values of `gen_ai.provider.name` for providers that are called as their kinds are; another name says what it says. */
const PROVIDERS: Readonly<Record<string, string>> = {
  google: 'gcp.gemini',
  gemini: 'gcp.gemini',
  vertex: 'gcp.vertex_ai',
  bedrock: 'aws.bedrock',
  'aws-bedrock': 'aws.bedrock',
  'azure-openai': 'azure.ai.openai',
  azure: 'azure.ai.openai',
  mistral: 'mistral_ai',
  watsonx: 'ibm.watsonx.ai',
  xai: 'x_ai',
};

function providerName(name: string): string {
  return Object.hasOwn(PROVIDERS, name) ? (PROVIDERS[name] ?? name) : name;
}
