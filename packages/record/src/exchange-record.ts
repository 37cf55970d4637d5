/**
 * What is kept of one exchange: exactly one record each, whatever became of it. Flat, so that a store can make columns
 * of it. Fields that are not known are left out of the line; a builder may set them to `undefined`, which keeps its
 * objects of one shape. No field may hold a credential, a query string or a body.
 */
export interface ExchangeRecord {
  readonly id: string;
  /** Start, ms since the epoch. */
  readonly time: number;
  readonly worker: number;
  /** Version of the snapshot that the exchange ran under. */
  readonly config: string;
  readonly api?: string | undefined;
  readonly version?: string | undefined;
  readonly route?: string | undefined;
  /** '' when the head could not be read so far; the same holds for path and host. */
  readonly method: string;
  /** Canonical, without query: queries may carry secrets. */
  readonly path: string;
  readonly host: string;
  readonly status: number;
  /** Why it was refused or failed: a code of the error table. */
  readonly code?: string | undefined;
  readonly application?: string | undefined;
  /** The credential's name, never its value. */
  readonly credential?: string | undefined;
  /** Whom the credential was given to. */
  readonly owner?: string | undefined;
  readonly subscription?: string | undefined;
  readonly plan?: string | undefined;
  readonly team?: string | undefined;
  readonly clientIp: string;
  readonly userAgent?: string | undefined;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Durations are kept to a microsecond. */
  readonly durationMs: number;
  readonly gatewayMs: number;
  /** Of the gate's own time, what went to each part of the order: before anybody knew who calls, to find that out, to let it pass, to shape it. */
  readonly guardMs?: number | undefined;
  readonly identifyMs?: number | undefined;
  readonly admitMs?: number | undefined;
  readonly shapeMs?: number | undefined;
  /** Policies that were waited for: `introspection: 12.1 ms`. */
  readonly waits?: string | undefined;
  readonly connectMs?: number | undefined;
  readonly firstByteMs?: number | undefined;
  readonly bodyMs?: number | undefined;
  readonly upstream?: string | undefined;
  /** Why that endpoint, where there were others: `peak-ewma:2-of-5`, `hash:1-of-3`; behind `retry`, `hedge` or `panic`; or `probe`. */
  readonly upstreamReason?: string | undefined;
  /** What each try came to, where there was more than one, in the order of their ends: `http://a:80 503 12.1 ms; …`. */
  readonly upstreamTries?: string | undefined;
  readonly attempts?: number | undefined;
  readonly cacheStatus?: string | undefined;
  /** The limit that decided. */
  readonly limit?: string | undefined;
  /** What policies did that explains the reply, as `canary: new, greet: 1.2 ms`. */
  readonly policies?: string | undefined;
  readonly traceId?: string | undefined;
  /** The exchange's own span in that trace, which is what upstreams are told. */
  readonly spanId?: string | undefined;
  /** The caller's span; absent where the trace began here. */
  readonly parentSpanId?: string | undefined;
  /** Whether the trace is to be told to collectors; absent for no. */
  readonly traceSampled?: boolean | undefined;
  /** `in` or `in>out`: the caller's dialect and, where it differs, the provider's. */
  readonly aiDialect?: string | undefined;
  readonly aiModelAsked?: string | undefined;
  /** The operator's prompt that was called. */
  readonly aiPrompt?: string | undefined;
  readonly aiPromptVersion?: string | undefined;
  readonly aiProvider?: string | undefined;
  readonly aiModel?: string | undefined;
  readonly aiAttempts?: number | undefined;
  readonly aiStream?: boolean | undefined;
  readonly aiFirstTokenMs?: number | undefined;
  readonly aiInputTokens?: number | undefined;
  readonly aiCachedTokens?: number | undefined;
  readonly aiOutputTokens?: number | undefined;
  readonly aiReasoningTokens?: number | undefined;
  readonly aiCostMicroUsd?: number | undefined;
  /** How much of it went to other providers than `aiProvider`, as `two:120, three:5`: hedges and vectors. */
  readonly aiCostElsewhere?: string | undefined;
  /** By which prices, so that a call can be priced again; `reserved`: nobody knows, and it is what was set aside. */
  readonly aiPriceVersion?: string | undefined;
  /** What the provider could not be told, such as `dropped:seed, clamped:temperature`. */
  readonly aiLoss?: string | undefined;
  /** What guards found and did. */
  readonly aiGuards?: string | undefined;
  readonly aiFinishReason?: string | undefined;
  readonly aiUsageState?: AiUsageState | undefined;
}

/** Whether the provider said what was used, we counted it ourselves, or the reply broke off before it was said. */
export const AI_USAGE_STATES = ['measured', 'estimated', 'partial'] as const;
export type AiUsageState = (typeof AI_USAGE_STATES)[number];

/** Stands in the spool where records are missing, so that no loss is silent. */
export interface GapRecord {
  readonly gap: true;
  /** Records that were lost. */
  readonly lost: number;
  /** First and last loss, ms since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly worker: number;
}
