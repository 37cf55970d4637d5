import { fraction, bytes, milliseconds } from '../forms/units.ts';
import { syslogAddress } from '../forms/syslog-address.ts';
import { quote } from '../problems/nearest.ts';
import {
  facilityNumber,
  type LogSinkSource,
  type OtlpSource,
  type TelemetrySource,
} from '../schema/telemetry-schema.ts';
import type {
  IntakeSpec,
  LogSinkSpec,
  LogTargetSpec,
  OtlpSpec,
  SinkBatchSpec,
  TelemetrySpec,
} from '../telemetry-spec.ts';
import type { Compilation } from './compilation.ts';
import { authorities } from './key-pair.ts';

const TARGETS = ['file', 'stdout', 'syslog', 'http', 'otlp', 'plugin'] as const;

export function compileTelemetry(source: TelemetrySource, compilation: Compilation): TelemetrySpec {
  const { traces, logs } = source;
  checkNames(logs, compilation);
  return {
    traces: traces && {
      sample: fraction(traces.sample),
      otlp: otlpSpec(traces.otlp, compilation),
      batch: batchSpec(traces.batch),
    },
    logs: logs.flatMap((sink) => sinkSpec(sink, compilation) ?? []),
  };
}

/** The place that a receiver has come to is kept under its name. */
function checkNames(logs: readonly LogSinkSource[], { places, report }: Compilation): void {
  const seen = new Set<string>();
  for (const sink of logs) {
    const name = sink.name.toLowerCase();
    if (seen.has(name)) {
      report.problem(places.at(sink, 'name'), `another receiver has the name ${quote(sink.name)}, give each its own`);
    }
    seen.add(name);
  }
}

function sinkSpec(source: LogSinkSource, compilation: Compilation): LogSinkSpec | undefined {
  const { places, report } = compilation;
  // Also those that are wrong, which is told already.
  const written = TARGETS.filter((kind) => places.wrote(source, kind));
  if (written.length !== 1) {
    const what = written.length === 0 ? 'names no target' : `has ${written.map(quote).join(' and ')}`;
    report.problem(places.of(source), `this receiver ${what}, write exactly one of ${TARGETS.map(quote).join(', ')}`);
    return undefined;
  }
  if (source.options !== undefined && source.plugin === undefined) {
    report.problem(places.key(source, 'options'), '`options` are for a `plugin`, leave them out');
  }
  const target = targetOf(source, compilation);
  const { status, api, application, code, sample } = source.where;
  return (
    target && {
      name: source.name,
      where: { status, api, application, code, sample: fraction(sample) },
      fields: source.fields,
      batch: batchSpec(source.batch),
      target,
    }
  );
}

function targetOf(source: LogSinkSource, compilation: Compilation): LogTargetSpec | undefined {
  const { file, stdout, syslog, http, otlp, plugin, options = {} } = source;
  if (file !== undefined) return { kind: 'file', path: file.path, bytesMax: bytes(file.maxSize), keep: file.keep };
  if (stdout !== undefined) return { kind: 'stdout' };
  if (syslog !== undefined) {
    const facility = facilityNumber(syslog.facility);
    const { appName } = syslog;
    return { kind: 'syslog', ...syslogAddress(syslog.address), facility, appName, ca: caOf(syslog, compilation) };
  }
  if (http !== undefined) return { kind: 'http', format: http.format, ...intakeSpec(http, compilation) };
  if (otlp !== undefined) return { kind: 'otlp', ...otlpSpec(otlp, compilation) };
  return plugin === undefined ? undefined : { kind: 'plugin', file: plugin, options };
}

function otlpSpec(source: OtlpSource, compilation: Compilation): OtlpSpec {
  return { encoding: source.encoding, ...intakeSpec(source, compilation) };
}

type IntakeSource = Pick<OtlpSource, 'url' | 'headers' | 'gzip' | 'timeout' | 'ca'>;

function intakeSpec(source: IntakeSource, compilation: Compilation): IntakeSpec {
  const { url, headers, gzip, timeout } = source;
  return { url, headers, gzip, timeoutMs: milliseconds(timeout), ca: caOf(source, compilation) };
}

function caOf(source: { readonly ca?: string }, compilation: Compilation): string | undefined {
  return hasCa(source) ? authorities(source, compilation) : undefined;
}

function hasCa(source: { readonly ca?: string }): source is { readonly ca: string } {
  return source.ca !== undefined;
}

function batchSpec({ records, size, wait }: LogSinkSource['batch']): SinkBatchSpec {
  return { records, bytes: bytes(size), waitMs: milliseconds(wait) };
}
