import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LogSinkSpec, LogTargetSpec, TelemetrySpec } from '@gatehouse/config';
import { createLogger, systemClock } from '@gatehouse/kernel';
import { describe, expect, it, onTestFinished } from 'vitest';
import { decodeOtlp } from './__fixtures__/otlp-decoder.ts';
import { gapText, lineOf, numbered, plainRecord } from './__fixtures__/records.ts';
import { TestReceiver } from './__fixtures__/test-receiver.ts';
import { TestSpool } from './__fixtures__/test-spool.ts';
import { until } from './__fixtures__/until.ts';
import { startSinks, type RunningSinks } from './start-sinks.ts';

const BATCH = { records: 100, bytes: 1024 ** 2, waitMs: 10 };
const WHERE = { status: undefined, api: undefined, application: undefined, code: undefined, sample: 1 };
const INTAKE = { headers: {}, gzip: false, timeoutMs: 5000, ca: undefined };

function logTo(name: string, target: LogTargetSpec, more: Partial<LogSinkSpec> = {}): LogSinkSpec {
  return { name, where: WHERE, fields: undefined, batch: BATCH, target, ...more };
}

async function setUp(telemetry: TelemetrySpec | undefined, spool = new TestSpool()) {
  const printed: string[] = [];
  const sinks: RunningSinks = await startSinks({
    spoolDir: spool.dir,
    stateDir: spool.stateDir,
    baseDir: spool.root,
    telemetry,
    node: 'gate-1',
    version: '1.0.0',
    log: createLogger({ level: 'error', now: Date.now, write: () => {} }),
    clock: systemClock,
    random: () => 0.5,
    writeStdout: async (text) => void printed.push(text),
    timings: { attemptMsMax: 5000, firstRetryMs: 1, retryMsMax: 5, retryAfterMsMax: 5 },
  });
  onTestFinished(async () => sinks.stop(0));
  return { spool, sinks, printed: () => printed.join('') };
}

describe('startSinks', () => {
  it('tells every kind of receiver of the same', async () => {
    const receiver = await TestReceiver.start();
    const spool = new TestSpool();
    writeFileSync(
      path.join(spool.root, 'own.mjs'),
      `import { appendFileSync } from 'node:fs';
       export default ({ out }) => ({ async send(items) { for (const { line } of items) appendFileSync(out, line + '\\n'); }, async close() {} });`,
    );
    const telemetry: TelemetrySpec = {
      traces: { sample: 1, batch: BATCH, otlp: { ...INTAKE, url: receiver.url, encoding: 'protobuf' } },
      logs: [
        logTo('console', { kind: 'stdout' }),
        logTo('access', { kind: 'file', path: 'access.log', bytesMax: 1e6, keep: 1 }),
        logTo('lake', { kind: 'http', format: 'lines', ...INTAKE, url: `${receiver.url}/lake` }),
        logTo('otel', { kind: 'otlp', encoding: 'json', ...INTAKE, url: receiver.url }),
        logTo('own', { kind: 'plugin', file: './own.mjs', options: { out: path.join(spool.root, 'own.log') } }),
        logTo('short', { kind: 'stdout' }, { fields: ['status'] }),
        logTo('errors', { kind: 'stdout' }, { where: { ...WHERE, status: '5xx' } }),
      ],
    };
    const { sinks, printed } = await setUp(telemetry, spool);
    spool.write(plainRecord);
    spool.lines(gapText);
    const sentOf = (name: string): number => sinks.facts().find((facts) => facts.name === name)?.sent ?? 0;
    await until(() => ['console', 'access', 'lake', 'otel', 'own', 'short'].every((name) => sentOf(name) === 2));
    await until(() => sentOf('traces') === 1 && sentOf('errors') === 1);
    const lines = `${lineOf(plainRecord)}\n${gapText}\n`;
    expect(readFileSync(path.join(spool.root, 'access.log'), 'utf8')).toBe(lines);
    expect(readFileSync(path.join(spool.root, 'own.log'), 'utf8')).toBe(lines);
    expect(
      receiver.received
        .filter((one) => one.path === '/lake')
        .map(({ body }) => body.toString())
        .join(''),
    ).toBe(lines);
    expect(printed()).toContain(lineOf(plainRecord));
    expect(printed()).toContain('{"status":200}\n');
    expect(receiver.received.map((one) => one.path)).toContain('/v1/logs');
    const traces = receiver.received
      .filter((one) => one.path === '/v1/traces')
      .map(({ body }) => decodeOtlp('TraceRequest', body));
    expect(JSON.stringify(traces)).toContain('GET /v1/users/{id}');
    expect(sinks.facts().map(({ kind }) => kind)).toEqual([
      'otlp-traces',
      'stdout',
      'file',
      'http',
      'otlp',
      'plugin',
      'stdout',
      'stdout',
    ]);
  });

  it('is nothing where nobody is to be told', async () => {
    const { spool, sinks } = await setUp(undefined);
    expect(sinks.facts()).toEqual([]);
    expect(existsSync(spool.stateDir)).toBe(false);
  });

  it('leaves those as they are that do not change, and takes the others out and in', async () => {
    const printer = logTo('console', { kind: 'stdout' });
    const file = (name: string): LogSinkSpec => logTo('access', { kind: 'file', path: name, bytesMax: 1e6, keep: 1 });
    const { spool, sinks, printed } = await setUp({ traces: undefined, logs: [printer, file('a.log')] });
    const read = (name: string): string => {
      const whole = path.join(spool.root, name);
      return existsSync(whole) ? readFileSync(whole, 'utf8') : '';
    };
    spool.write(...numbered('one', 1));
    await until(() => read('a.log').includes('one-0') && printed().includes('one-0'));
    await sinks.reconfigure({ traces: undefined, logs: [{ ...printer }, file('b.log')] });
    expect(sinks.facts().map(({ name, sent }) => [name, sent])).toEqual([
      ['console', 1],
      ['access', 0],
    ]);
    spool.write(...numbered('two', 1));
    await until(() => read('b.log').includes('two-0') && printed().includes('two-0'));
    expect(read('b.log')).not.toContain('one-0');
    expect(read('a.log')).not.toContain('two-0');
    await sinks.reconfigure(undefined);
    expect(sinks.facts()).toEqual([]);
    expect(readdirSync(spool.stateDir)).toEqual([]);
  });

  it('goes on with the next process, and tells one that was taken out of nothing in between', async () => {
    const spool = new TestSpool();
    const telemetry = { traces: undefined, logs: [logTo('console', { kind: 'stdout' })] };
    const first = await setUp(telemetry, spool);
    spool.write(...numbered('a', 1));
    await first.sinks.stop();
    expect(first.printed()).toContain('"a-0"');
    spool.write(...numbered('b', 1));
    const second = await setUp(telemetry, spool);
    await until(() => second.printed().includes('"b-0"'));
    expect(second.printed()).not.toContain('"a-0"');
    await second.sinks.reconfigure(undefined);
    spool.write(...numbered('c', 1));
    await second.sinks.reconfigure(telemetry);
    spool.write(...numbered('d', 1));
    await until(() => second.printed().includes('"d-0"'));
    expect(second.printed()).not.toContain('"c-0"');
  });

  it('takes one configuration after another, however fast they come', async () => {
    const { sinks } = await setUp(undefined);
    const logs = ['a', 'b', 'c'].map((name) => logTo(name, { kind: 'stdout' }));
    await Promise.all(logs.map(async (log) => sinks.reconfigure({ traces: undefined, logs: [log] })));
    expect(sinks.facts().map(({ name }) => name)).toEqual(['c']);
  });
});
