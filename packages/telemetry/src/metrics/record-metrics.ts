import type { ExchangeRecord, GapRecord } from '@gatehouse/record';
import { FamilySet, type FamilySetOptions } from './family-set.ts';
import { familyLines } from './exposition/metric-family.ts';
import { KnownModels } from './known-models.ts';
import { cacheLabel, codeLabels, methodLabel, statusClassLabel, statusLabel } from './label-values.ts';
import { OBSERVER_FAMILIES, RECORD_FAMILIES } from './record-families.ts';
import { RoutesSeries } from './route-series.ts';

export interface RecordMetricsOptions extends FamilySetOptions {
  /** Shows the trace of one call for each bucket of how long requests took. */
  readonly exemplars?: boolean;
}

/**
 * Metrics made of records: `observe` each record once and `render` when asked, in OpenMetrics 1.0. Memory is bounded by
 * the budget of series, whatever records say.
 *
 * ```ts
 * for await (const { lines } of readSpool(dir)) for (const line of lines) metrics.observe(recordOf(line));
 * ```
 */
export class RecordMetrics {
  readonly #set: FamilySet;
  readonly #models: KnownModels;
  readonly #exemplars: boolean;
  readonly #routes: RoutesSeries;
  readonly #of;
  #nowMs = 0;
  #observed = 0;
  #missing = 0;

  constructor(options: RecordMetricsOptions = {}) {
    const set = new FamilySet(options);
    this.#set = set;
    this.#models = new KnownModels(set.seriesMax);
    this.#exemplars = options.exemplars ?? true;
    this.#routes = new RoutesSeries(set);
    this.#of = {
      requests: set.counter(RECORD_FAMILIES.requests),
      applications: set.counter(RECORD_FAMILIES.applications),
      refusals: set.counter(RECORD_FAMILIES.refusals),
      upstream: set.histogram(RECORD_FAMILIES.upstream),
      cache: set.counter(RECORD_FAMILIES.cache),
      aiCalls: set.counter(RECORD_FAMILIES.aiCalls),
      aiTokens: set.counter(RECORD_FAMILIES.aiTokens),
      aiCost: set.counter(RECORD_FAMILIES.aiCost),
      aiUnpriced: set.counter(RECORD_FAMILIES.aiUnpriced),
      aiFirstToken: set.histogram(RECORD_FAMILIES.aiFirstToken),
    };
  }

  observe(record: ExchangeRecord): void {
    this.#observed++;
    if (record.time > this.#nowMs) this.#nowMs = record.time;
    this.#countRequest(record);
    this.#measure(record);
    if (record.aiProvider !== undefined) this.#countModel(record, record.aiProvider);
  }

  observeGap({ lost }: GapRecord): void {
    if (lost > 0) this.#missing += Math.min(lost, Number.MAX_SAFE_INTEGER);
  }

  /** Time series in use; those kept aside for `other` count. */
  get seriesUsed(): number {
    return this.#set.seriesUsed;
  }

  render(): string {
    const { observed, missing, newest, series, folded } = OBSERVER_FAMILIES;
    const families = this.#set.families.map(({ family: { name }, used, folded: foldedOften }) => ({
      values: [name],
      used,
      foldedOften,
    }));
    const own = [
      ...familyLines(observed, [{ values: [], value: this.#observed }]),
      ...familyLines(missing, [{ values: [], value: this.#missing }]),
      ...familyLines(newest, [{ values: [], value: this.#nowMs / 1000 }]),
      ...familyLines(
        series,
        families.map(({ values, used }) => ({ values, value: used })),
      ),
      ...familyLines(
        folded,
        families.map(({ values, foldedOften }) => ({ values, value: foldedOften })),
      ),
      '# EOF\n',
    ];
    return this.#set.render() + own.join('\n');
  }

  #countRequest(record: ExchangeRecord): void {
    const { api = '', version = '', route = '', code, application = '', plan = '', cacheStatus } = record;
    const now = this.#nowMs;
    const statusClass = statusClassLabel(record.status);
    const { requests, applications, refusals, cache } = this.#of;
    requests.at([api, version, route, methodLabel(record.method), statusLabel(record.status)], now).add(1);
    applications.at([application, plan, statusClass], now).add(1);
    if (cacheStatus !== undefined) cache.at([api, cacheLabel(cacheStatus)], now).add(1);
    if (code === undefined) return;
    const known = codeLabels(code);
    refusals.at([api, known.code, known.blame], now).add(1);
  }

  #measure(record: ExchangeRecord): void {
    const { api = '', version = '', route = '', durationMs, gatewayMs, traceId, time } = record;
    const series = this.#routes.at([api, version, route], this.#nowMs);
    series.bytesIn.add(record.bytesIn);
    series.bytesOut.add(record.bytesOut);
    series.gateway.observe(gatewayMs);
    const bucket = series.duration.observe(durationMs);
    if (this.#exemplars && traceId !== undefined)
      series.duration.show(bucket, { traceId, durationMs, timeMs: time + durationMs });
    const wasAsked = record.upstream !== undefined || record.aiProvider !== undefined;
    if (wasAsked && durationMs > gatewayMs)
      this.#of.upstream.at([api, version], this.#nowMs).observe(durationMs - gatewayMs);
  }

  #countModel(record: ExchangeRecord, provider: string): void {
    const { aiModel = '', application = '', aiInputTokens, aiOutputTokens, aiCostMicroUsd } = record;
    const now = this.#nowMs;
    const tokens = (aiInputTokens ?? 0) + (aiOutputTokens ?? 0);
    const model = this.#models.label({ provider, model: aiModel, hasUsage: tokens > 0 });
    const { aiCalls, aiCost, aiUnpriced, aiFirstToken } = this.#of;
    aiCalls.at([provider, model, application, statusClassLabel(record.status)], now).add(1);
    if (tokens > 0) this.#countTokens(record, [provider, model, application]);
    if (aiCostMicroUsd !== undefined) aiCost.at([provider, model, application], now).add(aiCostMicroUsd);
    else if (tokens > 0) aiUnpriced.at([provider, model], now).add(1);
    if (record.aiFirstTokenMs !== undefined) aiFirstToken.at([provider, model], now).observe(record.aiFirstTokenMs);
  }

  /** Records count cached tokens among the input, and reasoning among the output. */
  #countTokens(record: ExchangeRecord, labels: readonly string[]): void {
    const { aiInputTokens = 0, aiCachedTokens = 0, aiOutputTokens = 0, aiReasoningTokens = 0 } = record;
    this.#countTokensOf(labels, 'input', aiInputTokens - aiCachedTokens);
    this.#countTokensOf(labels, 'cached_input', aiCachedTokens);
    this.#countTokensOf(labels, 'output', aiOutputTokens - aiReasoningTokens);
    this.#countTokensOf(labels, 'reasoning', aiReasoningTokens);
  }

  #countTokensOf(labels: readonly string[], tokenClass: string, count: number): void {
    if (count > 0) this.#of.aiTokens.at([...labels, tokenClass], this.#nowMs).add(count);
  }
}
