/**
 * What a column of a vendor's export holds. Vendors count cached tokens among the input (`input` with `cachedWithin`) or
 * beside it (`uncached` with `cachedBeside`); what was written to a cache stands beside what was not cached.
 */
export type ColumnMeaning =
  | 'time'
  | 'model'
  | 'item'
  | 'input'
  | 'uncached'
  | 'cachedWithin'
  | 'cachedBeside'
  | 'cacheWrite'
  | 'cacheWritePart'
  | 'output'
  | 'requests'
  | 'usd'
  | 'amount'
  | 'currency'
  | 'cents';

/**
 * Names of columns, in lower case, with `_` for what is no letter or digit. Members of JSON have those of what they stand
 * in before them: `cache_creation.ephemeral_5m_input_tokens`. Sources: OpenAI, API reference of the organization's usage
 * and costs, and the exports of its dashboard; Anthropic, API reference of the usage and cost reports, and the exports of
 * its console.
 */
export const VENDOR_COLUMNS: Readonly<Record<string, ColumnMeaning>> = {
  start_time: 'time',
  start_time_iso: 'time',
  starting_at: 'time',
  usage_date_utc: 'time',
  usage_date: 'time',
  date: 'time',
  date_utc: 'time',
  day: 'time',
  hour: 'time',
  timestamp: 'time',
  aggregation_timestamp: 'time',
  model: 'model',
  model_version: 'model',
  model_name: 'model',
  snapshot_id: 'model',
  line_item: 'item',
  input_tokens: 'input',
  prompt_tokens: 'input',
  n_context_tokens_total: 'input',
  uncached_input_tokens: 'uncached',
  usage_input_tokens_no_cache: 'uncached',
  input_cached_tokens: 'cachedWithin',
  cached_tokens: 'cachedWithin',
  cached_input_tokens: 'cachedWithin',
  n_cached_context_tokens_total: 'cachedWithin',
  cache_read_input_tokens: 'cachedBeside',
  usage_input_tokens_cache_read: 'cachedBeside',
  cache_creation_input_tokens: 'cacheWrite',
  cache_creation_5m_input_tokens: 'cacheWritePart',
  cache_creation_1h_input_tokens: 'cacheWritePart',
  cache_creation_ephemeral_5m_input_tokens: 'cacheWritePart',
  cache_creation_ephemeral_1h_input_tokens: 'cacheWritePart',
  usage_input_tokens_cache_write: 'cacheWrite',
  usage_input_tokens_cache_write_5m: 'cacheWritePart',
  usage_input_tokens_cache_write_1h: 'cacheWritePart',
  output_tokens: 'output',
  completion_tokens: 'output',
  usage_output_tokens: 'output',
  n_generated_tokens_total: 'output',
  num_model_requests: 'requests',
  num_requests: 'requests',
  n_requests: 'requests',
  requests: 'requests',
  cost_usd: 'usd',
  cost_in_usd: 'usd',
  amount_usd: 'usd',
  amount_value: 'usd',
  cost: 'usd',
  amount: 'amount',
  currency: 'currency',
  amount_currency: 'currency',
};

/** Where `amount` stands with one of these, it is Anthropic's cost report, which counts in cents. */
export const CENTS_BESIDE: readonly string[] = ['cost_type', 'token_type', 'starting_at'];

export function columnName(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
}
