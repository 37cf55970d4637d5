import { Type, type Static, type TStringOptions } from 'typebox';
import { endpointUrl } from '../forms/endpoint-url.ts';
import { intakeUrl } from '../forms/intake-url.ts';
import { parsedText, type Parse } from '../forms/parsed.ts';
import { syslogAddressText } from '../forms/syslog-address.ts';
import { identifierText, labelText, nameText } from '../forms/tokens.ts';
import { share, size, timeout } from '../forms/units.ts';
import { LOG_FIELDS } from './log-fields.ts';
import { pem } from './pem-schema.ts';
import { strictObject } from './strict-object.ts';

/** What the sender says itself. */
const OUR_HEADERS =
  /^(?:host|connection|content-length|content-type|content-encoding|transfer-encoding|expect|te|trailer|upgrade)$/i;
const parseHeaderName: Parse<string> = (text) => {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text)) {
    return { wrong: 'is not the name of a header, write letters, digits and -' };
  }
  return OUR_HEADERS.test(text) ? { wrong: 'is said by the gate itself, leave it out' } : { value: text };
};
const parseHeaderValue: Parse<string> = (text) =>
  /^[\x21-\x7e](?:[\t\x20-\x7e]{0,8190}[\x21-\x7e])?$/.test(text)
    ? { value: text }
    : { wrong: 'is empty or holds a line break or a character outside ASCII, write it without' };

/** As `parseStatuses` of the records' room reads it. */
const STATUS = /^(?:[1-9]\d\d|[1-9]xx|(?:>=|<=|>|<)[1-9]\d\d)$/i;
const parseStatusList: Parse<string> = (text) =>
  text.split(',').every((part) => STATUS.test(part.trim()))
    ? { value: text }
    : { wrong: 'is no status, write 404, 5xx, >=400, or several with commas' };
const statusText = (options: TStringOptions) =>
  parsedText(parseStatusList, { title: 'a status', examples: ['5xx', '>=400', '404,429'], ...options });

const batch = strictObject(
  {
    records: Type.Integer({ description: 'Records in one batch.', default: 500, minimum: 1, maximum: 10_000 }),
    size: size({ description: 'How large a batch may be, as lines of records.', default: '1MiB' }),
    wait: timeout({ description: 'How long a record may wait for others.', default: '1s' }),
  },
  {
    description: 'When a batch is sent: when it holds as much, or when its first record has waited so long.',
    default: {},
  },
);

/** What all receivers by HTTP have in common. */
const INTAKE = {
  headers: Type.Record(
    Type.String(),
    parsedText(parseHeaderValue, { title: 'the value of a header', description: 'Best from the environment.' }),
    {
      description: 'Sent along, such as an `authorization`.',
      propertyNames: parsedText(parseHeaderName, { title: 'the name of a header' }),
      default: {},
    },
  ),
  gzip: Type.Boolean({ description: 'Compress what is sent.', default: true }),
  timeout: timeout({ description: 'How long a receiver may take to answer.', default: '10s' }),
  ca: Type.Optional(pem('Authorities that count besides those that Node knows.')),
};

const otlp = (description: string) =>
  strictObject(
    {
      url: endpointUrl({
        description:
          'The base address of a collector; `/v1/traces` or `/v1/logs` is put behind it where it is missing.',
      }),
      encoding: Type.Enum(['protobuf', 'json'], { description: 'Both are OTLP over HTTP.', default: 'protobuf' }),
      ...INTAKE,
    },
    { description },
  );

const traces = strictObject(
  {
    otlp: otlp('Where spans are sent by OTLP.'),
    sample: share({
      description:
        'Which of the traces that begin at the gate are told of. Where a caller brings a `traceparent`, the caller has decided.',
      default: '100%',
    }),
    batch,
  },
  { description: 'OpenTelemetry traces: one span for each call, and one for each try at an upstream or a model.' },
);

const where = strictObject(
  {
    status: Type.Optional(statusText({ description: 'Only these statuses.' })),
    api: Type.Optional(nameText({ description: 'Only this api.' })),
    application: Type.Optional(nameText({ description: 'Only calls of this application.' })),
    code: Type.Optional(
      identifierText({ title: 'a code of an error', description: 'Only this code, or a family such as `limit`.' }),
    ),
    sample: share({ description: 'So many of what is left.', default: '100%' }),
  },
  { description: 'Which calls are told of: those for which all of this holds.', default: {} },
);

const file = strictObject(
  {
    path: labelText({
      title: 'a file',
      description: 'Relative to this file. Its folder must be there.',
    }),
    maxSize: size({
      description: 'Then it becomes `PATH.1`, and what was `PATH.1` becomes `PATH.2`.',
      default: '100MB',
    }),
    keep: Type.Integer({ description: 'How many old files are kept.', default: 5, minimum: 0, maximum: 1000 }),
  },
  { description: 'A file: one JSON object a line.' },
);

const FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'ntp',
  'security',
  'console',
  'clockd',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const;

const syslog = strictObject(
  {
    address: syslogAddressText({
      description: '`udp` (RFC 5426), `tcp` with octet counting (RFC 6587), or `tls` (RFC 5425).',
    }),
    facility: Type.Enum([...FACILITIES], { description: 'Of all messages.', default: 'local0' }),
    appName: nameText({ title: 'a name', description: 'Of the program, in each message.', default: 'gatehouse' }),
    ca: Type.Optional(pem('Authorities that count besides those that Node knows; for `tls`.')),
  },
  { description: 'A syslog server: RFC 5424 with the record as JSON.' },
);

const http = strictObject(
  {
    url: intakeUrl({ description: 'Where batches are sent to, by POST.' }),
    format: Type.Enum(['lines', 'array'], {
      description: 'One JSON object a line (`application/x-ndjson`), or one JSON array.',
      default: 'lines',
    }),
    ...INTAKE,
  },
  { description: 'Any receiver that takes batches of JSON.' },
);

const logSink = strictObject(
  {
    name: nameText({ description: 'Of this receiver; where it has come to in the records is kept under it.' }),
    where,
    fields: Type.Optional(
      Type.Array(Type.Enum([...LOG_FIELDS]), {
        description: 'Only these fields of records, in this order. See `docs/telemetry.md`.',
        minItems: 1,
        uniqueItems: true,
      }),
    ),
    batch,
    file: Type.Optional(file),
    stdout: Type.Optional(strictObject({}, { description: "The gate's standard output: one JSON object a line." })),
    syslog: Type.Optional(syslog),
    http: Type.Optional(http),
    otlp: Type.Optional(otlp('A collector of OpenTelemetry: each record is a log record.')),
    plugin: Type.Optional(
      labelText({
        title: 'a file',
        description: 'A module of your own, relative to this file, whose default export makes a sink.',
      }),
    ),
    options: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'What `plugin` is given; as it stands.' }),
    ),
  },
  {
    title: 'a receiver',
    description: 'One receiver: exactly one of `file`, `stdout`, `syslog`, `http`, `otlp` and `plugin`.',
  },
);

export const telemetrySchema = strictObject(
  {
    traces: Type.Optional(traces),
    logs: Type.Array(logSink, { description: 'Who is told of each call.', default: [] }),
  },
  { description: 'What others are told of calls. See `docs/telemetry.md`.' },
);

export const facilityNumber = (name: (typeof FACILITIES)[number]): number => FACILITIES.indexOf(name);

export type TelemetrySource = Static<typeof telemetrySchema>;
export type LogSinkSource = TelemetrySource['logs'][number];
export type OtlpSource = NonNullable<LogSinkSource['otlp']>;
