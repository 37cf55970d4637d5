import { expect, it } from 'vitest';
import { gateWith, type Gate, type GateOptions } from './harness.ts';
import { until, type Peer } from './peer.ts';
import { OK, replying, type OnPeer, type RawUpstream } from './raw-upstream.ts';
import { readMessages, statusOf, type Message } from './read-message.ts';

export interface Asked {
  /** All that came back, interim replies included. */
  readonly replies: readonly Message[];
  /** The final reply. */
  readonly reply: Message | undefined;
  /** What the upstream was asked first. */
  readonly seen: Message | undefined;
  readonly gate: Gate;
  readonly upstream: RawUpstream;
  readonly caller: Peer;
}

export interface Asking extends GateOptions {
  /** How the upstream behaves, or what it answers to every request. */
  readonly upstream?: OnPeer | string;
}

/** Makes one request through a fresh gate and waits for its final reply, whole, or for the end of the connection. */
export async function ask(request: string, asking: Asking = {}): Promise<Asked> {
  const { upstream: behaviour = OK, ...options } = asking;
  const { gate, upstream } = await gateWith(typeof behaviour === 'string' ? replying(behaviour) : behaviour, options);
  const caller = await gate.call();
  caller.send(request);
  const replies = await repliesTo(caller, request.slice(0, request.indexOf(' ')));
  return { replies, reply: replies.at(-1), seen: upstream.requests[0], gate, upstream, caller };
}

/** Waits for `count` final replies, or for the end of the connection, and returns all replies. */
export async function repliesTo(caller: Peer, method = 'GET', count = 1): Promise<Message[]> {
  const read = () => readMessages(caller.received, { as: 'reply', method, closed: caller.closed });
  await until(() => {
    const whole = read().filter((message) => message.complete && (statusOf(message) >= 200 || isSwitch(message)));
    return whole.length >= count || caller.closed;
  }, `${count} replies`);
  return read();
}

function isSwitch(message: Message): boolean {
  return statusOf(message) === 101;
}

/** Heads that the engine refuses by itself: each is answered, the connection ends, and no upstream hears of it. */
export function refuses(name: string, request: string, status: number): void {
  it(name, async () => {
    const { caller, gate, upstream, replies } = await ask(request);
    await caller.farewell();
    expect(replies.map((reply) => statusOf(reply))).toEqual([status]);
    expect(caller.received).toMatch(/\r\nconnection: close\r\n/);
    expect(gate.refused).toHaveLength(1);
    expect([gate.exchanges.length, upstream.peers.length]).toEqual([0, 0]);
  });
}

/** Requests whose replies are refused: the caller gets 502 and nothing of the reply. */
export function distrusts(name: string, reply: string | OnPeer): void {
  it(name, async () => {
    const asked = await ask(aGet(), { upstream: reply });
    expect(statusOf(asked.reply)).toBe(502);
    expect(asked.gate.outcomes).toMatchObject([{ status: 502, code: 'upstream.broken' }]);
  });
}

export function aGet(fields = '', line = 'GET /x HTTP/1.1'): string {
  return `${line}\r\nHost: a\r\n${fields}\r\n`;
}

export function aPost(fields: string, body = ''): string {
  return `POST /x HTTP/1.1\r\nHost: a\r\n${fields}\r\n${body}`;
}

export function aReply(fields: string, body = '', line = 'HTTP/1.1 200 OK'): string {
  return `${line}\r\n${fields}\r\n${body}`;
}
