import { execFileSync, spawn } from 'node:child_process';
import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import type { SinkItem } from '@gatehouse/telemetry';
import { describe, expect, it, onTestFinished } from 'vitest';
import kafkaSink, { producing, type BatchProducer } from './kafka.ts';
import natsSink from './nats.ts';

// Debian keeps servers out of the path of ordinary users
const ENV = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };
const signal = new AbortController().signal;
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const tools = { log: silent, node: 'gate-1' };

const record = {
  id: 'call-1',
  time: 1_790_000_000_123,
  worker: 0,
  config: 'a',
  method: 'GET',
  path: '/',
  host: 'h',
  status: 200,
  clientIp: '::1',
  bytesIn: 0,
  bytesOut: 0,
  durationMs: 1,
  gatewayMs: 1,
};
const items: readonly SinkItem[] = [
  { kind: 'record', line: '{"id":"call-1"}', record: { ...record, application: 'mobile' } },
  { kind: 'record', line: '{"id":"call-2"}', record },
  { kind: 'gap', line: '{"gap":true}', gap: { gap: true, lost: 1, from: 1, to: 2, worker: 0 } },
];

function hasNats(): boolean {
  try {
    execFileSync('nats-server', ['--version'], { env: ENV, stdio: 'pipe' });
    return true;
  } catch {
    process.stdout.write('skipped: NATS (apt-get install nats-server)\n');
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Where a real server listens. */
async function startNats(): Promise<string> {
  const port = await freePort();
  const server = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port)], { env: ENV, stdio: 'ignore' });
  onTestFinished(() => void server.kill('SIGKILL'));
  const url = `nats://127.0.0.1:${port}`;
  const deadline = performance.now() + 10_000;
  for (;;) {
    try {
      await (await connect({ servers: url, reconnect: false })).close();
      return url;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await wait(20);
    }
  }
}

describe('the sink for NATS', () => {
  it.skipIf(!hasNats())('brings each record to a subject of a real server', async () => {
    const servers = await startNats();
    const listener = await connect({ servers });
    const got: string[] = [];
    const subscription = listener.subscribe('gatehouse.>', {
      callback: (_error, message) => void got.push(message.string()),
    });
    await listener.flush();
    const sink = await natsSink({ servers, subject: 'gatehouse.calls' }, tools);
    expect(await sink.send(items, signal)).toBeUndefined();
    await listener.flush();
    expect(got).toEqual(items.map(({ line }) => line));
    subscription.unsubscribe();
    await sink.close();
    await listener.close();
  });

  it('says what its options lack', async () => {
    await expect(async () => natsSink({ servers: 7 }, tools)).rejects.toThrow('`servers` and `subject` are texts');
  });

  it('says where nobody listens', async () => {
    const servers = `nats://127.0.0.1:${await freePort()}`;
    await expect(async () => natsSink({ servers, subject: 'a' }, tools)).rejects.toThrow(/connection|refused/i);
  });
});

describe('the sink for Kafka', () => {
  it('has all replicas acknowledge a batch, keyed by the application', async () => {
    const sent: unknown[] = [];
    const producer: BatchProducer = {
      async send(batch) {
        sent.push(batch);
        return [];
      },
      async disconnect() {
        sent.push('disconnected');
      },
    };
    const sink = producing(producer, 'calls');
    expect(await sink.send(items, signal)).toBeUndefined();
    await sink.close();
    expect(sent).toEqual([
      {
        topic: 'calls',
        acks: -1,
        messages: [
          { key: 'mobile', value: '{"id":"call-1"}', timestamp: '1790000000123' },
          { key: null, value: '{"id":"call-2"}', timestamp: '1790000000123' },
          { key: null, value: '{"gap":true}' },
        ],
      },
      'disconnected',
    ]);
  });

  it('says what its options lack', async () => {
    await expect(async () => kafkaSink({ brokers: 'b', topic: 't' }, tools)).rejects.toThrow('`brokers` is a list');
  });

  it('says where nobody listens', async () => {
    const brokers = [`127.0.0.1:${await freePort()}`];
    await expect(async () => kafkaSink({ brokers, topic: 't' }, tools)).rejects.toThrow(/connect|ECONNREFUSED/i);
  });
});
