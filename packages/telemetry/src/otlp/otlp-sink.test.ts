import type { OtlpSpec } from '@gatehouse/config';
import { describe, expect, it, onTestFinished } from 'vitest';
import { decodeOtlp, encodeAnswer } from '../__fixtures__/otlp-decoder.ts';
import { gapItem, itemOf, modelRecord, numbered, plainRecord, SPAN, TIME, TRACE } from '../__fixtures__/records.ts';
import { TestReceiver, type Received } from '../__fixtures__/test-receiver.ts';
import { SinkError, type Sink } from '../sink.ts';
import { itemLog } from './item-log.ts';
import { otlpLogSink, otlpTraceSink, signalUrl } from './otlp-sink.ts';
import { recordSpans } from './record-spans.ts';

const signal = new AbortController().signal;
const NOW = TIME + 5000;
const self = { node: 'gate-1', version: '1.2.3', clock: { now: () => NOW, monotonic: () => 0 } };
const resource = {
  attributes: [
    { key: 'service.name', value: { stringValue: 'gatehouse' } },
    { key: 'service.version', value: { stringValue: '1.2.3' } },
    { key: 'service.instance.id', value: { stringValue: 'gate-1' } },
  ],
};
const scope = { name: 'gatehouse', version: '1.2.3' };
const SINKS = {
  traces: (spec: OtlpSpec) => otlpTraceSink(spec, self),
  logs: (spec: OtlpSpec) => otlpLogSink(spec, undefined, self),
};

function sinkTo(signalName: keyof typeof SINKS, url: string, spec: Partial<OtlpSpec> = {}): Sink {
  const all = { url, headers: {}, gzip: true, timeoutMs: 5000, ca: undefined, encoding: 'protobuf', ...spec } as const;
  const sink = SINKS[signalName](all);
  onTestFinished(async () => sink.close());
  return sink;
}

const read = (kind: 'TraceRequest' | 'LogsRequest', { headers, body }: Received): unknown =>
  headers['content-type'] === 'application/json' ? JSON.parse(body.toString()) : decodeOtlp(kind, body);

describe.each(['protobuf', 'json'] as const)('OTLP as %s', (encoding) => {
  const contentType = encoding === 'json' ? 'application/json' : 'application/x-protobuf';

  it('brings spans to a collector', async () => {
    const collector = await TestReceiver.start();
    const sink = sinkTo('traces', collector.url, { encoding, headers: { 'x-key': 'k' } });
    expect(await sink.send([itemOf(plainRecord), gapItem, itemOf(modelRecord)], signal)).toBeUndefined();
    const [received] = collector.received;
    expect(received).toMatchObject({
      path: '/v1/traces',
      headers: { 'content-type': contentType, 'content-encoding': 'gzip', 'x-key': 'k' },
    });
    const spans = [...recordSpans(plainRecord), ...recordSpans(modelRecord)];
    expect(received && read('TraceRequest', received)).toEqual({
      resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }],
    });
  });

  it('brings log records to a collector', async () => {
    const collector = await TestReceiver.start();
    const items = [itemOf({ ...plainRecord, status: 503, code: 'upstream.unhealthy' }), gapItem, itemOf(modelRecord)];
    expect(await sinkTo('logs', collector.url, { encoding }).send(items, signal)).toBeUndefined();
    const [received] = collector.received;
    expect(received?.path).toBe('/v1/logs');
    const logRecords = items.map((item) => itemLog(item, undefined, NOW));
    expect(received && read('LogsRequest', received)).toEqual({
      resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }],
    });
  });
});

describe('a collector', () => {
  it.each([
    ['traces', 'http://c:4318', '/v1/traces', 'http://c:4318/v1/traces'],
    ['a base with a path', 'http://c/otlp/', '/v1/logs', 'http://c/otlp/v1/logs'],
    ['a whole address', 'http://c/v1/traces', '/v1/traces', 'http://c/v1/traces'],
  ])('is found: %s', (_, url, path, whole) => expect(signalUrl(url, path)).toBe(whole));

  it.each([
    [
      { status: 429, headers: { 'retry-after': '3' } },
      { retry: 'later', retryAfterMs: 3000 },
    ],
    [{ status: 502 }, { retry: 'later' }],
    [{ status: 503 }, { retry: 'later' }],
    [{ status: 504 }, { retry: 'later' }],
    [{ status: 400 }, { retry: 'never' }],
    [{ status: 401 }, { retry: 'never' }],
    [{ status: 500 }, { retry: 'never' }],
    [{ status: 413 }, { retry: 'smaller' }],
  ])('that answers %j is dealt with as the protocol says: %j', async (answer, expected) => {
    const collector = await TestReceiver.start();
    collector.answer = () => answer;
    const sending = sinkTo('traces', collector.url).send([itemOf(plainRecord)], signal);
    await expect(sending).rejects.toBeInstanceOf(SinkError);
    await expect(sending).rejects.toMatchObject(expected);
  });

  it('may refuse a part', async () => {
    const collector = await TestReceiver.start();
    collector.answer = () => ({ headers: { 'content-type': 'application/x-protobuf' }, body: encodeAnswer(2, 'late') });
    const outcome = await sinkTo('logs', collector.url).send(numbered('call', 3).map(itemOf), signal);
    expect(outcome).toEqual({ refused: 2, why: 'the collector refused some: late' });
  });
});

describe('itemLog', () => {
  it('says when, how grave, in which trace and in short what', () => {
    expect(itemLog(itemOf(plainRecord), ['status', 'method', 'route', 'host', 'traceId', 'durationMs'], NOW)).toEqual({
      timeUnixNano: '1790000000135500000',
      observedTimeUnixNano: '1790000005123000000',
      severityNumber: 9,
      severityText: 'INFO',
      body: { stringValue: 'GET /v1/users/42 200' },
      traceId: TRACE,
      spanId: SPAN,
      flags: 1,
      eventName: 'gatehouse.call',
      attributes: [
        { key: 'http.response.status_code', value: { intValue: '200' } },
        { key: 'http.request.method', value: { stringValue: 'GET' } },
        { key: 'http.route', value: { stringValue: '/v1/users/{id}' } },
        { key: 'server.address', value: { stringValue: 'api.example.com' } },
        { key: 'server.port', value: { intValue: '8443' } },
        { key: 'gatehouse.duration_ms', value: { doubleValue: 12.5 } },
      ],
    });
  });

  it.each([
    [200, 'INFO'],
    [404, 'WARN'],
    [500, 'ERROR'],
  ])('gives status %d severity %s', (status, severityText) => {
    expect(itemLog(itemOf({ ...plainRecord, status }), [], NOW)).toMatchObject({ severityText, attributes: [] });
  });

  it('tells of a gap', () => {
    expect(itemLog(gapItem, ['status'], NOW)).toMatchObject({
      severityText: 'WARN',
      body: { stringValue: '42 records were lost' },
      eventName: 'gatehouse.gap',
    });
  });
});
