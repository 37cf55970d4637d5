import type { MetricFamily } from './exposition/metric-family.ts';

/** A family of which records decide the series. */
export interface RecordFamily extends MetricFamily {
  readonly kind: 'counter' | 'histogram';
  /** Upper bounds of a histogram's buckets. */
  readonly bounds?: readonly number[];
  /** Labels of which there may be any number: they become `other` when there is no room, first the first; at last all do. */
  readonly foldFirst: readonly string[];
}

const PER_ROUTE = ['api', 'version', 'route'] as const;
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** What the gate adds is far less than what it waits for. */
const OWN_SECONDS = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5];
const TOKEN_SECONDS = [0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 30, 60];
const FOLD_ROUTES = ['route', 'version', 'api'];
const FOLD_MODELS = ['application', 'model', 'provider'];

/** Everything that is counted of records; docs/metrics.md is made of it. */
export const RECORD_FAMILIES = {
  requests: {
    name: 'gatehouse_requests',
    kind: 'counter',
    help: 'Requests that have ended.',
    labels: [...PER_ROUTE, 'method', 'status'],
    foldFirst: FOLD_ROUTES,
  },
  applications: {
    name: 'gatehouse_application_requests',
    kind: 'counter',
    help: 'Requests that have ended, by who made them.',
    labels: ['application', 'plan', 'status_class'],
    foldFirst: ['application', 'plan'],
  },
  refusals: {
    name: 'gatehouse_refusals',
    kind: 'counter',
    help: 'Requests that were refused or failed, by the code of the error and by who has to act.',
    labels: ['api', 'code', 'blame'],
    foldFirst: ['api'],
  },
  duration: {
    name: 'gatehouse_request_duration_seconds',
    kind: 'histogram',
    unit: 'seconds',
    help: 'From the beginning of a request to the end of its reply.',
    labels: PER_ROUTE,
    bounds: SECONDS,
    foldFirst: FOLD_ROUTES,
  },
  gateway: {
    name: 'gatehouse_gateway_duration_seconds',
    kind: 'histogram',
    unit: 'seconds',
    help: 'What the gate itself took until it asked an upstream, or answered without one.',
    labels: ['api', 'version'],
    bounds: OWN_SECONDS,
    foldFirst: ['version', 'api'],
  },
  upstream: {
    name: 'gatehouse_upstream_duration_seconds',
    kind: 'histogram',
    unit: 'seconds',
    help: 'From when an upstream was asked to the end of its reply.',
    labels: ['api', 'version'],
    bounds: SECONDS,
    foldFirst: ['version', 'api'],
  },
  bytesIn: {
    name: 'gatehouse_request_bytes',
    kind: 'counter',
    unit: 'bytes',
    help: 'Bytes of the bodies of requests.',
    labels: PER_ROUTE,
    foldFirst: FOLD_ROUTES,
  },
  bytesOut: {
    name: 'gatehouse_reply_bytes',
    kind: 'counter',
    unit: 'bytes',
    help: 'Bytes of the bodies of replies.',
    labels: PER_ROUTE,
    foldFirst: FOLD_ROUTES,
  },
  cache: {
    name: 'gatehouse_cache_lookups',
    kind: 'counter',
    help: 'Requests for which a cache was asked, by what it did.',
    labels: ['api', 'outcome'],
    foldFirst: ['api'],
  },
  aiCalls: {
    name: 'gatehouse_ai_calls',
    kind: 'counter',
    help: 'Calls of models that have ended.',
    labels: ['provider', 'model', 'application', 'status_class'],
    foldFirst: FOLD_MODELS,
  },
  aiTokens: {
    name: 'gatehouse_ai_tokens',
    kind: 'counter',
    help: 'Tokens of models, each in one class: input, cached_input, output or reasoning.',
    labels: ['provider', 'model', 'application', 'class'],
    foldFirst: FOLD_MODELS,
  },
  aiCost: {
    name: 'gatehouse_ai_cost_usd',
    kind: 'counter',
    unit: 'usd',
    help: 'What calls of models have cost, to a millionth.',
    labels: ['provider', 'model', 'application'],
    foldFirst: FOLD_MODELS,
  },
  aiUnpriced: {
    name: 'gatehouse_ai_unpriced_calls',
    kind: 'counter',
    help: 'Calls that used tokens of a model whose price nobody knows; they are missing in the cost.',
    labels: ['provider', 'model'],
    foldFirst: ['model', 'provider'],
  },
  aiFirstToken: {
    name: 'gatehouse_ai_first_token_seconds',
    kind: 'histogram',
    unit: 'seconds',
    help: 'From when a model was asked to the first token of its answer.',
    labels: ['provider', 'model'],
    bounds: TOKEN_SECONDS,
    foldFirst: ['model', 'provider'],
  },
} as const satisfies Readonly<Record<string, RecordFamily>>;

/** What is told of the counting itself. */
export const OBSERVER_FAMILIES = {
  observed: {
    name: 'gatehouse_records_observed',
    kind: 'counter',
    help: 'Records that metrics were made of.',
    labels: [],
  },
  missing: {
    name: 'gatehouse_records_missing',
    kind: 'counter',
    help: 'Records that were lost before they were written, as the spool says.',
    labels: [],
  },
  newest: {
    name: 'gatehouse_newest_record_timestamp_seconds',
    kind: 'gauge',
    unit: 'seconds',
    help: 'When the newest request that was counted began.',
    labels: [],
  },
  series: {
    name: 'gatehouse_metrics_series',
    kind: 'gauge',
    help: 'Time series of a family, those kept aside for other included.',
    labels: ['family'],
  },
  folded: {
    name: 'gatehouse_metrics_series_folded',
    kind: 'counter',
    help: 'How often something was counted under other, because the budget of series was used up.',
    labels: ['family'],
  },
} as const satisfies Readonly<Record<string, MetricFamily>>;
