import { describe, expect, it } from 'vitest';
import type { OtlpSpec } from '@gatehouse/config';
import { gapItem, itemOf, leastRecord, modelRecord, plainRecord, SPAN, TRACE } from '../src/__fixtures__/records.ts';
import { until } from '../src/__fixtures__/until.ts';
import { itemLog } from '../src/otlp/item-log.ts';
import { otlpLogSink, otlpTraceSink } from '../src/otlp/otlp-sink.ts';
import { recordSpans } from '../src/otlp/record-spans.ts';
import { freePort, has, run } from '../src/__fixtures__/real-programs.ts';

const NOW = 1_790_000_009_000;
const self = { node: 'gate-1', version: '1.2.3', clock: { now: () => NOW, monotonic: () => 0 } };
const signal = new AbortController().signal;
const there = has('otlp-receiver', 'conformance/telemetry/prepare.sh builds it');

/** The collector's own OTLP receiver, and what it has understood so far, as OTLP/JSON of its own making. */
async function startCollector(): Promise<{ url: string; understood: (kind: string) => unknown[] }> {
  const address = `127.0.0.1:${await freePort()}`;
  const lines: string[] = [];
  let rest = '';
  run('otlp-receiver', [address]).stdout.on('data', (chunk) => {
    const parts = (rest + String(chunk)).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  await until(() => lines.length > 0);
  const understood = (kind: string): unknown[] =>
    lines.filter((line) => line.startsWith(`${kind} `)).map((line): unknown => JSON.parse(line.slice(kind.length + 1)));
  return { url: `http://${address}`, understood };
}

/** Without what is empty, which one side writes and the other does not. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, part]: [string, unknown]) => [key, bare(part)] as const);
  return Object.fromEntries(members.filter(([key, part]) => !isEmpty(part) || (key === 'value' && part !== '')));
}

const isEmpty = (part: unknown): boolean =>
  part === '' || (typeof part === 'object' && part !== null && Object.keys(part).length === 0);

const resource = {
  attributes: Object.entries({ name: 'gatehouse', version: '1.2.3', 'instance.id': 'gate-1' }).map(
    ([key, stringValue]) => ({
      key: `service.${key}`,
      value: { stringValue },
    }),
  ),
};
const scope = { name: 'gatehouse', version: '1.2.3' };

describe.skipIf(!there).each(['protobuf', 'json'] as const)(
  'the receiver of the OpenTelemetry collector, by %s',
  (encoding) => {
    const specOf = (url: string): OtlpSpec => ({
      url,
      encoding,
      headers: {},
      gzip: true,
      timeoutMs: 5000,
      ca: undefined,
    });

    it('understands spans as what they are', async () => {
      const collector = await startCollector();
      const tried = { ...plainRecord, attempts: 2, upstreamTries: 'http://a:1 503 4.0 ms; http://b:2 200 6.0 ms' };
      const failed = { ...leastRecord, status: 504, code: 'upstream.timeout', traceId: TRACE, spanId: SPAN };
      const records = [plainRecord, modelRecord, tried, failed];
      const sink = otlpTraceSink(specOf(collector.url), self);
      expect(await sink.send(records.map(itemOf), signal)).toBeUndefined();
      await until(() => collector.understood('traces').length === 1);
      const spans = records.flatMap(recordSpans);
      expect(bare(collector.understood('traces')[0])).toEqual(
        bare({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] }),
      );
      await sink.close();
    });

    it('understands log records as what they are', async () => {
      const collector = await startCollector();
      const items = [itemOf(plainRecord), gapItem, itemOf({ ...modelRecord, status: 502, code: 'provider.error' })];
      const sink = otlpLogSink(specOf(collector.url), undefined, self);
      expect(await sink.send(items, signal)).toBeUndefined();
      await until(() => collector.understood('logs').length === 1);
      const logRecords = items.map((item) => itemLog(item, undefined, NOW));
      expect(bare(collector.understood('logs')[0])).toEqual(
        bare({ resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] }),
      );
      await sink.close();
    });
  },
);
