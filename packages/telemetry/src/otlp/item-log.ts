import type { ExchangeRecord } from '@gatehouse/record';
import type { SinkItem } from '../sink.ts';
import { ATTRIBUTES, attributeOf, attributesOf, isField } from './attribute-table.ts';
import { methodAttributes, requestAttributes, routePath, serverAttributes } from './http-attributes.ts';
import { keyValue, nanos, SEVERITY, type KeyValue, type LogRecord } from './otlp-model.ts';

const SAMPLED = 0x01;

/** A record, or a gap, as a log record of OpenTelemetry; `fields` are those of the record that become attributes. */
export function itemLog(item: SinkItem, fields: readonly string[] | undefined, nowMs: number): LogRecord {
  const observedTimeUnixNano = nanos(nowMs);
  if (item.kind === 'gap') {
    const { lost, from, to, worker } = item.gap;
    return {
      timeUnixNano: nanos(to),
      observedTimeUnixNano,
      ...SEVERITY.warn,
      body: { stringValue: `${lost} records were lost` },
      attributes: [
        keyValue('gatehouse.gap.lost', lost),
        keyValue('gatehouse.gap.from', new Date(from).toISOString()),
        keyValue('gatehouse.gap.to', new Date(to).toISOString()),
        keyValue('gatehouse.worker', worker),
      ],
      eventName: 'gatehouse.gap',
    };
  }
  const { record } = item;
  return {
    timeUnixNano: nanos(record.time + record.durationMs),
    observedTimeUnixNano,
    ...severityOf(record),
    body: { stringValue: `${record.method} ${record.path} ${record.status}` },
    attributes: fields === undefined ? allOf(record) : fields.flatMap((name) => chosen(record, name)),
    ...traceOf(record),
    eventName: 'gatehouse.call',
  };
}

function severityOf({ status }: ExchangeRecord): Pick<LogRecord, 'severityNumber' | 'severityText'> {
  if (status >= 500) return SEVERITY.error;
  return status >= 400 ? SEVERITY.warn : SEVERITY.info;
}

function traceOf({ traceId, spanId, traceSampled }: ExchangeRecord): Pick<LogRecord, 'traceId' | 'spanId' | 'flags'> {
  if (traceId === undefined || spanId === undefined) return {};
  return { traceId, spanId, flags: traceSampled === true ? SAMPLED : 0 };
}

/** What a log record says in its own members is not said again. */
const OWN: ReadonlySet<string> = new Set(['time', 'traceId', 'spanId', 'traceSampled']);
const TIMES = ['durationMs', 'connectMs', 'firstByteMs', 'bodyMs', 'parentSpanId'] as const;

function allOf(record: ExchangeRecord): KeyValue[] {
  return [
    ...requestAttributes(record),
    ...attributesOf(record, 'call'),
    ...TIMES.flatMap((field) => attributeOf(record, field)),
    ...attributesOf(record, 'model'),
  ];
}

function chosen(record: ExchangeRecord, name: string): readonly KeyValue[] {
  if (!isField(name) || OWN.has(name)) return [];
  if (name === 'method') return methodAttributes(record.method);
  if (name === 'host') return serverAttributes(record.host);
  if (name !== 'route') return attributeOf(record, name);
  const path = routePath(record);
  return path === undefined ? [] : [keyValue(ATTRIBUTES.route.name, path)];
}
