import dgram from 'node:dgram';
import net from 'node:net';
import { setImmediate } from 'node:timers/promises';
import tls from 'node:tls';
import { TestAuthority } from '@gatehouse/kernel/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SyslogSpec } from '@gatehouse/config';
import { gapItem, itemOf, lineOf, numbered, plainRecord } from '../__fixtures__/records.ts';
import { parseFrames, parseSyslog } from '../__fixtures__/syslog-parser.ts';
import { until } from '../__fixtures__/until.ts';
import { lineText } from '../sinks/line-text.ts';
import type { Sink } from '../sink.ts';
import { syslogSink } from './syslog-sink.ts';

const signal = new AbortController().signal;
const authority = new TestAuthority();

function sinkTo(spec: Partial<SyslogSpec> & Pick<SyslogSpec, 'transport' | 'port'>): Sink {
  const all = { host: '127.0.0.1', facility: 16, appName: 'gatehouse', ca: authority.pem, ...spec };
  const sink = syslogSink(all, lineText(undefined), 'gate-1');
  onTestFinished(async () => sink.close());
  return sink;
}

interface StreamServer {
  port: number;
  readonly sockets: net.Socket[];
  readonly connections: () => number;
  readonly messages: () => readonly string[];
}

async function streamServer(secure?: { readonly cert: string; readonly key: string }, port = 0): Promise<StreamServer> {
  const received: Buffer[][] = [];
  const sockets: net.Socket[] = [];
  const take = (socket: net.Socket): void => {
    const chunks: Buffer[] = [];
    received.push(chunks);
    sockets.push(socket);
    socket.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
    socket.on('error', () => socket.destroy());
  };
  const server = secure === undefined ? net.createServer(take) : tls.createServer(secure, take);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    sockets,
    connections: () => received.length,
    messages: () => received.flatMap((chunks) => parseFrames(Buffer.concat(chunks)).messages),
  };
}

const idsOf = (messages: readonly string[]): unknown[] =>
  messages.map((message) => {
    const text: { id?: string } = JSON.parse(parseSyslog(message).text);
    return text.id;
  });

describe('syslog by UDP', () => {
  async function datagrams(): Promise<{ port: number; messages: string[] }> {
    const messages: string[] = [];
    const socket = dgram.createSocket('udp4');
    socket.on('message', (message) => messages.push(message.toString()));
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    onTestFinished(() => void socket.close());
    return { port: socket.address().port, messages };
  }

  it('sends one message a datagram', async () => {
    const { port, messages } = await datagrams();
    const sink = sinkTo({ transport: 'udp', port, host: 'localhost' });
    await sinkTo({ transport: 'udp', port }).send([itemOf(plainRecord), gapItem], signal);
    await until(() => messages.length === 2);
    expect(messages.map((message) => parseSyslog(message).id)).toEqual(['call', 'gap']);
    expect(parseSyslog(messages[0] ?? '').text).toBe(lineOf(plainRecord));
    await sink.close();
  });

  it('counts what no datagram can hold', async () => {
    const { port, messages } = await datagrams();
    const large = { ...plainRecord, id: 'large', userAgent: 'x'.repeat(70_000) };
    const outcome = await sinkTo({ transport: 'udp', port }).send([itemOf(large), itemOf(plainRecord)], signal);
    expect(outcome).toEqual({ refused: 1, why: 'too long for a datagram' });
    await until(() => messages.length === 1);
    expect(idsOf(messages)).toEqual(['request-1']);
  });

  it('fails where a name leads nowhere', async () => {
    const sink = sinkTo({ transport: 'udp', port: 514, host: 'nowhere.invalid' });
    await expect(sink.send([itemOf(plainRecord)], signal)).rejects.toThrow(/ENOTFOUND|EAI_AGAIN/);
  });
});

describe.each([
  ['TCP', 'tcp', undefined],
  ['TLS', 'tls', authority.issue({ names: ['127.0.0.1'] })],
] as const)('syslog by %s', (_, transport, secure) => {
  it('counts the octets of each message, over one connection', async () => {
    const server = await streamServer(secure);
    const sink = sinkTo({ transport, port: server.port });
    await sink.send([itemOf(plainRecord), gapItem], signal);
    await sink.send(numbered('more', 200).map(itemOf), signal);
    await until(() => server.messages().length === 202);
    expect(server.connections()).toBe(1);
    expect(
      server
        .messages()
        .map((message) => parseSyslog(message).id)
        .slice(0, 3),
    ).toEqual(['call', 'gap', 'call']);
    expect(idsOf(server.messages()).at(-1)).toBe('more-199');
  });

  it('connects again where the server has ended the connection', async () => {
    const server = await streamServer(secure);
    const sink = sinkTo({ transport, port: server.port });
    await sink.send(numbered('a', 1).map(itemOf), signal);
    await until(() => server.messages().length === 1);
    for (const socket of server.sockets) socket.end();
    await until(() => server.sockets.every(({ destroyed }) => destroyed));
    await sink.send(numbered('b', 1).map(itemOf), signal);
    await until(() => server.messages().length === 2);
    expect(idsOf(server.messages())).toEqual(['a-0', 'b-0']);
  });

  it('fails where nobody listens', async () => {
    await expect(sinkTo({ transport, port: 1 }).send([itemOf(plainRecord)], signal)).rejects.toThrow('ECONNREFUSED');
  });

  it.each([
    ['before anything is written', async () => {}],
    ['while nobody reads', async () => setImmediate()],
  ])('ends when it is told to %s', async (_when, meanwhile) => {
    const server = await streamServer(secure);
    const sink = sinkTo({ transport, port: server.port });
    await sink.send([itemOf(plainRecord)], signal);
    await until(() => server.sockets.length === 1);
    for (const socket of server.sockets) socket.pause();
    const ending = new AbortController();
    const large = { ...plainRecord, userAgent: 'x'.repeat(30_000_000) };
    const sending = sink.send([itemOf(large)], ending.signal);
    await meanwhile();
    ending.abort();
    await expect(sending).rejects.toThrow();
  });
});

describe('syslog by TLS', () => {
  it('speaks to nobody whom it cannot believe', async () => {
    const server = await streamServer(new TestAuthority('another').issue({ names: ['127.0.0.1'] }));
    const sink = sinkTo({ transport: 'tls', port: server.port });
    await expect(sink.send([itemOf(plainRecord)], signal)).rejects.toThrow(/certificate|signature/);
    expect(server.messages()).toEqual([]);
  });
});
