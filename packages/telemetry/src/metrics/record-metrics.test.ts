import { parseOpenMetrics, type ParsedSample } from '@gatehouse/telemetry/testing';
import type { ExchangeRecord } from '@gatehouse/record';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyRecord, modelRecord, plainRecord } from './__fixtures__/records.ts';
import { RecordMetrics, type RecordMetricsOptions } from './record-metrics.ts';

function metricsOf(records: readonly ExchangeRecord[], options?: RecordMetricsOptions): RecordMetrics {
  const metrics = new RecordMetrics(options);
  for (const record of records) metrics.observe(record);
  return metrics;
}

function samplesOf(metrics: RecordMetrics): readonly ParsedSample[] {
  return [...parseOpenMetrics(metrics.render()).values()].flatMap(({ samples }) => samples);
}

/** `name{a="b"} 1` for each sample of that name. */
function linesOf(records: readonly ExchangeRecord[], name: string): readonly string[] {
  const lines = metricsOf(records).render().split('\n');
  return lines.filter((line) => line.startsWith(name) && /^[{ ]/.test(line.slice(name.length)));
}

function sumOf(metrics: RecordMetrics, name: string): number {
  return samplesOf(metrics)
    .filter((sample) => sample.name === name)
    .reduce((sum, { value }) => sum + value, 0);
}

describe('what a record counts for', () => {
  it.each<[string, Partial<ExchangeRecord>, string, readonly string[]]>([
    [
      'a request, by where it went and what came of it',
      {},
      'gatehouse_requests_total',
      ['{api="users",version="1.0.0",route="users GET /v1/users/{id}",method="GET",status="200"} 1'],
    ],
    [
      'nothing that a caller makes up, where no route matched',
      { api: undefined, version: undefined, route: undefined, method: 'BREW', path: '/x/1', host: 'evil', status: 404 },
      'gatehouse_requests_total',
      ['{method="_OTHER",status="404"} 1'],
    ],
    [
      'a status that is none as other',
      { status: 0, method: '' },
      'gatehouse_requests_total',
      [expect.stringContaining('method="_OTHER",status="other"} 1')],
    ],
    [
      'its application and plan',
      { status: 503 },
      'gatehouse_application_requests_total',
      ['{application="mobile",plan="gold",status_class="5xx"} 1'],
    ],
    [
      'nobody, where nobody is known',
      { application: undefined, plan: undefined },
      'gatehouse_application_requests_total',
      ['{status_class="2xx"} 1'],
    ],
    ['no refusal', {}, 'gatehouse_refusals_total', []],
    [
      'a refusal, with who has to act',
      { code: 'limit.rate' },
      'gatehouse_refusals_total',
      ['{api="users",code="limit.rate",blame="caller"} 1'],
    ],
    [
      'a code that is not of the table as other',
      { code: 'toString' },
      'gatehouse_refusals_total',
      ['{api="users",code="other",blame="other"} 1'],
    ],
    [
      'bytes of the request',
      {},
      'gatehouse_request_bytes_total',
      ['{api="users",version="1.0.0",route="users GET /v1/users/{id}"} 20'],
    ],
    [
      'bytes of the reply',
      {},
      'gatehouse_reply_bytes_total',
      ['{api="users",version="1.0.0",route="users GET /v1/users/{id}"} 632'],
    ],
    ['no look into a cache', {}, 'gatehouse_cache_lookups_total', []],
    ['a hit', { cacheStatus: 'hit' }, 'gatehouse_cache_lookups_total', ['{api="users",outcome="hit"} 1']],
    [
      'an answer to a similar question',
      { cacheStatus: 'gatehouse; hit; ttl=3; detail=semantic; gatehouse-similarity=0.9' },
      'gatehouse_cache_lookups_total',
      ['{api="users",outcome="similar"} 1'],
    ],
    [
      'a kept answer of a model',
      { cacheStatus: 'gatehouse; hit; ttl=3' },
      'gatehouse_cache_lookups_total',
      ['{api="users",outcome="hit"} 1'],
    ],
    [
      'a shared answer of a model',
      { cacheStatus: 'gatehouse; fwd=miss; collapsed' },
      'gatehouse_cache_lookups_total',
      ['{api="users",outcome="collapsed"} 1'],
    ],
    [
      'one that waited in vain',
      { cacheStatus: 'gatehouse; fwd=miss; collapsed=?0' },
      'gatehouse_cache_lookups_total',
      ['{api="users",outcome="miss"} 1'],
    ],
    [
      'an outcome that nobody knows as other',
      { cacheStatus: 'gatehouse; fwd=new' },
      'gatehouse_cache_lookups_total',
      ['{api="users",outcome="other"} 1'],
    ],
    ['no model', {}, 'gatehouse_ai_calls_total', []],
    [
      'seconds in all',
      {},
      'gatehouse_request_duration_seconds_sum',
      ['{api="users",version="1.0.0",route="users GET /v1/users/{id}"} 0.01234'],
    ],
    ['seconds of the gate', {}, 'gatehouse_gateway_duration_seconds_sum', ['{api="users",version="1.0.0"} 0.000041']],
    [
      'seconds of the upstream',
      {},
      'gatehouse_upstream_duration_seconds_sum',
      ['{api="users",version="1.0.0"} 0.012299'],
    ],
    ['none of an upstream that was not asked', { upstream: undefined }, 'gatehouse_upstream_duration_seconds_sum', []],
  ])('%s', (_, change, name, expected) => {
    const record = { ...plainRecord, ...change };
    expect(linesOf([record], name).map((line) => line.slice(name.length))).toEqual(expected);
  });

  it.each<[string, Partial<ExchangeRecord>, string, readonly string[]]>([
    [
      'a call',
      {},
      'gatehouse_ai_calls_total',
      ['{provider="openai",model="gpt-5-mini",application="mobile",status_class="2xx"} 1'],
    ],
    [
      'tokens, each in one class',
      {},
      'gatehouse_ai_tokens_total',
      [204, 1000, 292, 64].map(
        (tokens, index) =>
          `{provider="openai",model="gpt-5-mini",application="mobile",class="${['input', 'cached_input', 'output', 'reasoning'][index]}"} ${tokens}`,
      ),
    ],
    [
      'dollars',
      {},
      'gatehouse_ai_cost_usd_total',
      ['{provider="openai",model="gpt-5-mini",application="mobile"} 0.001234'],
    ],
    [
      'a call that cost nothing',
      { aiCostMicroUsd: 0 },
      'gatehouse_ai_cost_usd_total',
      ['{provider="openai",model="gpt-5-mini",application="mobile"} 0'],
    ],
    ['no call without a price', {}, 'gatehouse_ai_unpriced_calls_total', []],
    [
      'a price that nobody knows, never as zero',
      { aiCostMicroUsd: undefined },
      'gatehouse_ai_unpriced_calls_total',
      ['{provider="openai",model="gpt-5-mini"} 1'],
    ],
    ['no cost then', { aiCostMicroUsd: undefined }, 'gatehouse_ai_cost_usd_total', []],
    ['the first token', {}, 'gatehouse_ai_first_token_seconds_sum', ['{provider="openai",model="gpt-5-mini"} 0.2105']],
    [
      'a model that never answered as other',
      { aiInputTokens: undefined, aiOutputTokens: undefined },
      'gatehouse_ai_calls_total',
      ['{provider="openai",model="other",application="mobile",status_class="2xx"} 1'],
    ],
    [
      'time that the provider took',
      {},
      'gatehouse_upstream_duration_seconds_sum',
      ['{api="ai",version="1.0.0"} 1.499959'],
    ],
  ])('of a model: %s', (_, change, name, expected) => {
    const record = { ...modelRecord, ...change };
    expect(linesOf([record], name).map((line) => line.slice(name.length))).toEqual(expected);
  });

  it('knows a model from its first answer on', () => {
    const failed = { ...modelRecord, aiInputTokens: undefined, aiOutputTokens: undefined, status: 502 };
    expect(linesOf([modelRecord, failed], 'gatehouse_ai_calls_total')[1]).toContain('model="gpt-5-mini"');
  });

  it('puts a time that is exactly a bound below it', () => {
    const lines = linesOf([{ ...plainRecord, durationMs: 5 }], 'gatehouse_request_duration_seconds_bucket');
    expect(lines.findLast((line) => line.endsWith(' 0'))).toContain('le="0.0025"');
    expect(lines.at(-1)).toMatch(/le="\+Inf"\} 1$/);
  });

  it('shows the trace of the last call of a bucket, a new one each second, and only traces', () => {
    const records = [0, 500, 1000].map((ms) => ({ ...plainRecord, durationMs: 13, time: plainRecord.time + ms }));
    const shown = linesOf(records, 'gatehouse_request_duration_seconds_bucket').filter((line) => line.includes(' # '));
    expect(shown).toEqual([
      expect.stringMatching(
        /le="0\.025"\} 3 # \{trace_id="4bf92f3577b34da6a3ce929d0e0e4736"\} 0\.013 1790000001\.136$/,
      ),
    ]);
    const forged = metricsOf([{ ...plainRecord, traceId: '"} 1' }]).render();
    expect(forged).not.toContain(' # {');
    expect(metricsOf([plainRecord], { exemplars: false }).render()).not.toContain(' # {');
  });

  it('counts what is missing, and says how far it has come', () => {
    const metrics = metricsOf([plainRecord]);
    metrics.observeGap({ gap: true, lost: 7, from: 1, to: 2, worker: 1 });
    expect(sumOf(metrics, 'gatehouse_records_missing_total')).toBe(7);
    expect(sumOf(metrics, 'gatehouse_records_observed_total')).toBe(1);
    expect(sumOf(metrics, 'gatehouse_newest_record_timestamp_seconds')).toBe(1_790_000_000.123);
  });
});

describe('the budget of series', () => {
  const manyRoutes = Array.from({ length: 3000 }, (_, index) => ({
    ...plainRecord,
    route: `route ${index}`,
    application: `app ${index}`,
  }));

  it('folds what is too much, says so, and loses no count', () => {
    const metrics = metricsOf(manyRoutes, { seriesMax: 2000, familySeriesMax: 200 });
    expect(samplesOf(metrics).length).toBeLessThanOrEqual(2000 + 33);
    expect(metrics.seriesUsed).toBeLessThanOrEqual(2000);
    for (const name of [
      'gatehouse_requests_total',
      'gatehouse_application_requests_total',
      'gatehouse_request_duration_seconds_count',
    ]) {
      expect([name, sumOf(metrics, name)]).toEqual([name, 3000]);
    }
    const folded = samplesOf(metrics).filter(({ name }) => name === 'gatehouse_metrics_series_folded_total');
    expect(folded.find(({ labels }) => labels['family'] === 'gatehouse_requests')?.value).toBe(3000 - 179);
  });

  it('lets the route go first, and keeps what the api, method and status were', () => {
    const metrics = metricsOf(manyRoutes, { seriesMax: 2000, familySeriesMax: 200 });
    const folded = samplesOf(metrics).filter(
      ({ name, labels }) => name === 'gatehouse_requests_total' && labels['route'] === 'other',
    );
    expect(folded.map(({ labels, value }) => ({ ...labels, value }))).toEqual([
      { api: 'users', version: '1.0.0', route: 'other', method: 'GET', status: '200', value: 2821 },
    ]);
  });

  it('always has room for one series in which all is other', () => {
    const records = manyRoutes.map((record, index) => ({ ...record, api: `api ${index}`, version: `${index}` }));
    const metrics = metricsOf(records, { seriesMax: 200, familySeriesMax: 40 });
    const other = samplesOf(metrics).filter(
      ({ name, labels }) => name === 'gatehouse_requests_total' && labels['api'] === 'other',
    );
    expect(other.map(({ labels }) => labels)).toEqual([
      { api: 'other', version: 'other', route: 'other', method: 'GET', status: '200' },
    ]);
    expect(sumOf(metrics, 'gatehouse_requests_total')).toBe(3000);
    expect(metrics.seriesUsed).toBeLessThanOrEqual(200);
  });

  it('is refused when it has no room for one of each', () => {
    expect(() => new RecordMetrics({ seriesMax: 50 })).toThrow('the budget of series has no room');
  });

  it('gives the room of what nobody has called for a day to what is called now', () => {
    const metrics = metricsOf(manyRoutes, { seriesMax: 2000, familySeriesMax: 200 });
    const later = { ...plainRecord, route: 'new', time: plainRecord.time + 25 * 3_600_000 };
    metrics.observe(later);
    const routes = samplesOf(metrics)
      .filter(({ name }) => name === 'gatehouse_requests_total')
      .map(({ labels }) => labels['route']);
    expect(routes).toEqual(['new']);
  });

  it('keeps, while it makes room, what was called in the last day', () => {
    const metrics = metricsOf(manyRoutes.slice(0, 180), { seriesMax: 5000, familySeriesMax: 200 });
    metrics.observe({ ...plainRecord, route: 'route 0', time: plainRecord.time + 23 * 3_600_000 });
    metrics.observe({ ...plainRecord, route: 'new', time: plainRecord.time + 25 * 3_600_000 });
    const kept = samplesOf(metrics).filter(({ name }) => name === 'gatehouse_requests_total');
    expect(kept.map(({ labels, value }) => [labels['route'], value])).toEqual([
      ['route 0', 2],
      ['new', 1],
    ]);
  });
});

describe('hostile callers', () => {
  it('make no series by methods, paths, hosts, agents or models', () => {
    const metrics = new RecordMetrics();
    const call = (index: number): ExchangeRecord => ({
      ...plainRecord,
      api: undefined,
      version: undefined,
      route: undefined,
      application: undefined,
      plan: undefined,
      method: `M${index}`,
      path: `/${index}`,
      host: `h${index}`,
      userAgent: `a${index}`,
      clientIp: `10.0.${index >> 8}.${index & 255}`,
      aiProvider: 'openai',
      aiModel: `m${index}`,
      aiModelAsked: `m${index}`,
      status: 404,
      code: 'route.not_found',
    });
    metrics.observe(call(0));
    const before = samplesOf(metrics).length;
    for (let index = 1; index < 5000; index++) metrics.observe(call(index));
    expect(samplesOf(metrics)).toHaveLength(before);
  });

  it('cannot make text that is not OpenMetrics, whatever records say', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 40 }), fc.constantFrom(150, 400, 20_000), (records, seriesMax) => {
        const metrics = metricsOf(records, { seriesMax, familySeriesMax: seriesMax, idleMs: Infinity });
        const samples = samplesOf(metrics);
        expect(samples.length).toBeLessThanOrEqual(seriesMax + 33);
        expect(sumOf(metrics, 'gatehouse_requests_total')).toBe(records.length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what it costs', () => {
  it('is little for each record, and bounded memory for any number of them', () => {
    const metrics = new RecordMetrics();
    const calls = Array.from({ length: 50_000 }, (_, index): ExchangeRecord => ({
      ...plainRecord,
      route: `route ${index % 5000}`,
      application: `app ${index % 7000}`,
    }));
    for (const call of calls) metrics.observe(call);
    const before = metrics.seriesUsed;
    for (const call of calls) metrics.observe({ ...call, route: `${call.route} again` });
    expect([before, metrics.seriesUsed]).toEqual([before, before]);
    expect(before).toBeLessThanOrEqual(20_000);
  });
});
