import { TestAuthority } from '@gatehouse/kernel/testing';
import { describe, expect, it } from 'vitest';
import { problemsOf, snapshotOf } from '../__fixtures__/compile-text.ts';
import { diffSnapshots } from '../meaning/diff-snapshots.ts';
import type { TelemetrySpec } from '../telemetry-spec.ts';

const authority = new TestAuthority();
const env = { TOKEN: 'token-in-clear' };
const readText = (file: string): string => {
  if (file === 'ca.pem') return authority.pem;
  if (file === 'nonsense.pem') return 'nonsense';
  throw Object.assign(new Error(file), { code: 'ENOENT' });
};
const withTelemetry = (lines: string): string => `gatehouse: 1\ntelemetry:\n  ${lines.replaceAll('\n', '\n  ')}\n`;
const specOf = (lines: string): TelemetrySpec | undefined =>
  snapshotOf(withTelemetry(lines), { readText, env }).telemetry;
const problems = (lines: string): string[] => problemsOf(withTelemetry(lines), { readText, env });
/** One receiver with these fields. */
const targetOf = (fields: string): unknown => specOf(`logs: [ { name: a, ${fields} } ]`)?.logs[0]?.target;

const BATCH = { records: 500, bytes: 1024 ** 2, waitMs: 1000 };
const INTAKE = { headers: {}, gzip: true, timeoutMs: 10_000, ca: undefined };

describe('telemetry', () => {
  it('is not there where nothing is said of it', () => {
    expect(snapshotOf('gatehouse: 1\n')).not.toHaveProperty('telemetry');
  });

  it('tells nobody by default', () => expect(specOf('logs: []')).toEqual({ traces: undefined, logs: [] }));

  it('takes a collector with its defaults', () => {
    expect(specOf('traces: { otlp: { url: "http://c:4318" } }')?.traces).toEqual({
      sample: 1,
      otlp: { url: 'http://c:4318', encoding: 'protobuf', ...INTAKE },
      batch: BATCH,
    });
  });

  it('takes everything that may be said of a collector', () => {
    const lines = `traces:
  sample: 12.5%
  batch: { records: 10, size: 2KiB, wait: 100ms }
  otlp: { url: "https://c/base", encoding: json, gzip: false, timeout: 3s, ca: ca.pem, headers: { authorization: "Bearer \${TOKEN}" } }`;
    expect(specOf(lines)?.traces).toEqual({
      sample: 0.125,
      batch: { records: 10, bytes: 2048, waitMs: 100 },
      otlp: {
        url: 'https://c/base',
        encoding: 'json',
        gzip: false,
        timeoutMs: 3000,
        ca: authority.pem,
        headers: { authorization: 'Bearer token-in-clear' },
      },
    });
  });

  it('takes what is told to a receiver', () => {
    const lines = `logs:
  - name: a
    stdout: {}
    fields: [ status, time ]
    where: { status: "5xx,>=400", api: users, application: mobile, code: limit, sample: 10% }`;
    expect(specOf(lines)?.logs).toEqual([
      {
        name: 'a',
        where: { status: '5xx,>=400', api: 'users', application: 'mobile', code: 'limit', sample: 0.1 },
        fields: ['status', 'time'],
        batch: BATCH,
        target: { kind: 'stdout' },
      },
    ]);
  });

  const targets: Readonly<Record<string, readonly [string, object]>> = {
    'a file': ['file: { path: ./a.log }', { kind: 'file', path: './a.log', bytesMax: 100_000_000, keep: 5 }],
    'standard output': ['stdout: {}', { kind: 'stdout' }],
    'standard output with nothing behind it': ['stdout:', { kind: 'stdout' }],
    'a syslog server': [
      'syslog: { address: "tls://s", facility: auth, appName: gate, ca: ca.pem }',
      {
        kind: 'syslog',
        transport: 'tls',
        host: 's',
        port: 6514,
        facility: 4,
        appName: 'gate',
        ca: authority.pem,
      },
    ],
    'a receiver by HTTP': [
      'http: { url: "https://h/x?y=z" }',
      { kind: 'http', url: 'https://h/x?y=z', format: 'lines', ...INTAKE },
    ],
    'a collector': [
      'otlp: { url: "http://c:4318" }',
      { kind: 'otlp', url: 'http://c:4318', encoding: 'protobuf', ...INTAKE },
    ],
    'a module': [
      'plugin: ./kafka.js, options: { brokers: [ "k:9092" ], topic: calls, acks: -1 }',
      { kind: 'plugin', file: './kafka.js', options: { brokers: ['k:9092'], topic: 'calls', acks: -1 } },
    ],
  };
  for (const [name, [fields, target]] of Object.entries(targets)) {
    it(`takes ${name}`, () => expect(targetOf(fields)).toEqual(target));
  }

  it.each([
    ['no target', '{ name: a }', '3:11: this receiver names no target, write exactly one of `file`, `stdout`,'],
    [
      'two targets',
      '{ name: a, stdout: {}, plugin: ./x.js }',
      '3:11: this receiver has `stdout` and `plugin`, write exactly one',
    ],
    ['options of nobody', '{ name: a, stdout: {}, options: { b: 1 } }', '3:34: `options` are for a `plugin`'],
    [
      'two of one name',
      '{ name: a, stdout: {} }, { name: A, stdout: {} }',
      '3:44: another receiver has the name `A`, give each its own',
    ],
    ['no name', '{ stdout: {} }', '`name` is missing'],
    ['an unknown field of records', '{ name: a, stdout: {}, fields: [ stats ] }', '`stats` is no value of `fields[0]`'],
    [
      'a header of ours',
      '{ name: a, http: { url: "http://h", headers: { Host: x } } }',
      '`Host` is said by the gate itself, leave it out',
    ],
    [
      'a header with a line break',
      String.raw`{ name: a, http: { url: "http://h", headers: { x: "a\nb" } } }`,
      '`x` is empty or holds a line break',
    ],
    [
      'an impossible status',
      '{ name: a, stdout: {}, where: { status: 9 } }',
      '`status` is no status, write 404, 5xx, >=400, or several',
    ],
    [
      'an unknown facility',
      '{ name: a, syslog: { address: "udp://s", facility: local9 } }',
      '`local9` is no value of `facility`, did you mean `local0`?',
    ],
    [
      'an impossible address',
      '{ name: a, syslog: { address: "http://s" } }',
      '`address` is no address of a syslog server',
    ],
    [
      'authorities that are none',
      '{ name: a, syslog: { address: "tls://s", ca: nonsense.pem } }',
      '`ca` is no certificate in PEM',
    ],
    [
      'authorities that are not there',
      '{ name: a, http: { url: "https://s", ca: gone.pem } }',
      '`gone.pem` is not there',
    ],
    [
      'a variable that is not set',
      '{ name: a, http: { url: "http://h", headers: { authorization: "${NOPE}" } } }',
      'the environment variable `NOPE` is not set',
    ],
  ])('refuses %s, and says where', (_, sinks, wrong) => {
    const found = problems(`logs: [ ${sinks} ]`);
    expect(found).toEqual([expect.stringContaining(wrong)]);
    for (const problem of found) expect(problem).toMatch(/^\d+:\d+: /);
  });

  it('tells nothing of a header in what it says is wrong', () => {
    const lines = 'logs: [ { name: a, http: { url: "http://h", headers: { x: "${TOKEN}\\n" } } } ]';
    expect(problems(lines).join('')).not.toContain('token-in-clear');
  });

  it('changes the version with a header and with an option, which it does not hold', () => {
    const version = (value: string, fields: string): string =>
      snapshotOf(withTelemetry(`logs: [ { name: a, ${fields} } ]`), { env: { V: value } }).version;
    for (const fields of [
      'http: { url: "http://h", headers: { x: "${V}" } }',
      'plugin: x.js, options: { x: "${V}" }',
    ]) {
      expect(version('one', fields)).toBe(version('one', fields));
      expect(version('one', fields)).not.toBe(version('two', fields));
    }
  });

  it('tells what changes for receivers, and no secret', () => {
    const of = (token: string, more: string): ReturnType<typeof snapshotOf> =>
      snapshotOf(
        withTelemetry(
          `traces: { otlp: { url: "http://c", headers: { kind: "\${TOKEN}" } }, sample: ${more} }\nlogs: [ { name: a, stdout: {} } ]`,
        ),
        { env: { TOKEN: token } },
      );
    const changes = diffSnapshots(of('one-secret', '10%'), of('two-secret', '20%')).changes;
    expect(changes.map(({ subject, detail }) => `${subject}: ${detail}`)).toEqual([
      'OpenTelemetry traces: receiver of records otlp.headers: a text → a text',
      'OpenTelemetry traces: receiver of records sample: 0.1 → 0.2',
    ]);
    const added = diffSnapshots(snapshotOf('gatehouse: 1\n'), of('x', '1%')).changes;
    expect(added.map(({ change, subject }) => `${change} ${subject}`)).toEqual([
      'added OpenTelemetry traces',
      'added a',
    ]);
  });
});
