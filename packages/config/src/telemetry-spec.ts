/** What others are told of calls. Values of headers are in clear: whoever sends them needs them, and nobody prints them. */
export interface TelemetrySpec {
  readonly traces: TracesSpec | undefined;
  readonly logs: readonly LogSinkSpec[];
}

export interface TracesSpec {
  /** Of traces that begin here, 0 to 1. */
  readonly sample: number;
  readonly otlp: OtlpSpec;
  readonly batch: SinkBatchSpec;
}

export interface OtlpSpec extends IntakeSpec {
  /** The base: `/v1/traces` or `/v1/logs` come behind it. */
  readonly url: string;
  readonly encoding: 'protobuf' | 'json';
}

/** What is sent by HTTP. */
export interface IntakeSpec {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly gzip: boolean;
  readonly timeoutMs: number;
  /** PEM: whose certificates count besides those of the system. */
  readonly ca: string | undefined;
}

/** A batch is sent when it is as large, or as old. */
export interface SinkBatchSpec {
  readonly records: number;
  readonly bytes: number;
  readonly waitMs: number;
}

export interface LogSinkSpec {
  /** Its place in the records is kept under it. */
  readonly name: string;
  readonly where: LogFilterSpec;
  /** Which fields of a record, in this order; undefined: all. */
  readonly fields: readonly string[] | undefined;
  readonly batch: SinkBatchSpec;
  readonly target: LogTargetSpec;
}

/** What is told: all that is given must be so. */
export interface LogFilterSpec {
  /** `404`, `5xx`, `>=400`, or several with commas. */
  readonly status: string | undefined;
  readonly api: string | undefined;
  readonly application: string | undefined;
  /** Such as `limit.rate`, or a family such as `limit`. */
  readonly code: string | undefined;
  /** Of what is left, 0 to 1. */
  readonly sample: number;
}

export type LogTargetSpec =
  | { readonly kind: 'file'; readonly path: string; readonly bytesMax: number; readonly keep: number }
  | { readonly kind: 'stdout' }
  | ({ readonly kind: 'syslog' } & SyslogSpec)
  | ({ readonly kind: 'http'; readonly format: 'lines' | 'array' } & IntakeSpec)
  | ({ readonly kind: 'otlp' } & OtlpSpec)
  | { readonly kind: 'plugin'; readonly file: string; readonly options: Readonly<Record<string, unknown>> };

export interface SyslogAddress {
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly host: string;
  readonly port: number;
}

export interface SyslogSpec extends SyslogAddress {
  /** 0 to 23. */
  readonly facility: number;
  readonly appName: string;
  /** PEM; see `IntakeSpec`. */
  readonly ca: string | undefined;
}
