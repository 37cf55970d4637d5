import { ERRORS } from '@gatehouse/kernel';
import net from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { acceptWire, Forward, Pool, SERVER_LIMITS, ServerConnection, streamWire, TimerWheel } from '../src/index.ts';
import type {
  ClientTimeouts,
  ForwardHost,
  ForwardOutcome,
  HeadProblem,
  Leg,
  LegResult,
  ReplyHead,
} from '../src/index.ts';
import type { RequestEvents, ServerEvents, ServerLimits } from '../src/index.ts';
import { dial, until, type Peer } from './peer.ts';
import { RawUpstream, type OnPeer } from './raw-upstream.ts';

const TICK_MS = 50;

export interface GateOptions {
  readonly limits?: Partial<ServerLimits>;
  readonly timeouts?: Partial<ClientTimeouts>;
  readonly bodyBytesMax?: number;
  readonly replayBytesMax?: number;
  readonly connectionsMax?: number;
  readonly poolIdleMs?: number;
  /** Further legs that a failed one may be followed by. */
  readonly retries?: number;
  /** Speak TLS to the upstream. */
  readonly tls?: boolean;
  /** Speak HTTP/2 to the upstream. */
  readonly http2?: 'h2' | 'auto';
  /** How the caller's bytes are read: in the thread's shared buffer, or as a stream, which is how TLS comes. */
  readonly reads?: 'shared' | 'stream';
  /** Time is the gate's own and stands still until `advance`; else it is real. */
  readonly virtualTime?: boolean;
  /** Deals with a request instead of forwarding it at once. */
  readonly ready?: (exchange: GateExchange) => void;
  readonly onReplyHead?: (reply: ReplyHead) => void;
  /** What is thrown is dealt with; else it fails the test. */
  readonly mayFail?: boolean;
}

/** One exchange of the bare gate: sends everything to one pool, refuses without a body, counts what must come once. */
export class GateExchange implements ForwardHost {
  readonly caller: ServerConnection;
  readonly forward: Forward;
  readonly outcomes: ForwardOutcome[] = [];
  readonly legResults: LegResult[] = [];
  readonly method: string;
  readonly target: string;
  legs = 0;
  readonly #gate: Gate;

  constructor(caller: ServerConnection, gate: Gate) {
    this.caller = caller;
    this.#gate = gate;
    this.method = caller.head.method;
    this.target = caller.head.target.path + caller.head.target.query;
    this.forward = new Forward(caller, this, gate.monotonic);
  }

  get bodyBytesMax(): number {
    return this.#gate.options.bodyBytesMax ?? 64_000_000;
  }

  get replayBytesMax(): number {
    return this.#gate.options.replayBytesMax ?? 1000;
  }

  ready(): void {
    const { ready } = this.#gate.options;
    if (ready === undefined) this.forward.begin();
    else ready(this);
  }

  firstLeg(): Leg {
    this.legs++;
    const timeouts = { connectMs: 1000, firstByteMs: 5000, idleMs: 5000, ...this.#gate.options.timeouts };
    return { pool: this.#gate.pool, authority: 'upstream.test', target: this.target, timeouts };
  }

  retryLeg(_result: LegResult, facts: { sent: boolean; replayable: boolean }): Leg | undefined {
    const left = this.legs <= (this.#gate.options.retries ?? 0);
    return left && facts.replayable ? this.firstLeg() : undefined;
  }

  legEnded(_leg: Leg, result: LegResult): void {
    this.legResults.push(result);
  }

  requestTrailers(trailers: string): string {
    return trailers;
  }
  requestLines(): string {
    return 'via: 1.1 gatehouse\r\n';
  }

  courseOf(): undefined {}

  rescue(): boolean {
    return false;
  }

  replyLines(reply: ReplyHead): string {
    this.#gate.options.onReplyHead?.(reply);
    return 'x-request-id: r1\r\n';
  }

  refusal({ code }: { code: keyof typeof ERRORS }, keepAlive: boolean): { status: number; message: string } {
    const { status, title } = ERRORS[code];
    const closing = keepAlive ? '' : 'connection: close\r\n';
    return { status, message: `HTTP/1.1 ${status} ${title}\r\nx-code: ${code}\r\ncontent-length: 0\r\n${closing}\r\n` };
  }

  fault(error: unknown): HeadProblem {
    if (this.#gate.options.mayFail !== true) throw error;
    return { code: 'gateway.internal', detail: String(error) };
  }

  ended(outcome: ForwardOutcome): void {
    this.outcomes.push(outcome);
  }
}

/** A bare gate in front of one upstream, over loopback sockets. */
export class Gate implements ServerEvents {
  port = 0;
  readonly options: GateOptions;
  readonly pool: Pool;
  readonly wheel: TimerWheel;
  readonly exchanges: GateExchange[] = [];
  readonly connections: ServerConnection[] = [];
  /** Codes of heads that the engine refused by itself. */
  readonly refused: string[] = [];
  readonly callers: Peer[] = [];
  readonly server: net.Server;
  readonly monotonic: () => number;
  #nowMs = 1_000_000;
  readonly #closings = new Map<ServerConnection, number>();

  constructor(upstreamPort: number, options: GateOptions) {
    this.options = options;
    this.monotonic = options.virtualTime === true ? () => this.#nowMs : () => performance.now();
    this.wheel = new TimerWheel({ tickMs: TICK_MS, monotonic: this.monotonic });
    this.pool = new Pool({
      destination: { host: '127.0.0.1', port: upstreamPort, tls: options.tls ?? false },
      limits: { ...SERVER_LIMITS, ...options.limits },
      wheel: this.wheel,
      monotonic: this.monotonic,
      connectionsMax: options.connectionsMax ?? 64,
      idleMs: options.poolIdleMs ?? 4000,
      http2: options.http2,
    });
    this.server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => this.#accept(socket));
  }

  #accept(socket: net.Socket): void {
    const limits = { ...SERVER_LIMITS, ...this.options.limits };
    const connection = new ServerConnection({ limits, wheel: this.wheel, events: this });
    this.connections.push(connection);
    const streamed = this.options.reads === 'stream';
    connection.start(streamed ? streamWire(socket, connection) : acceptWire(socket, connection));
    if (streamed) socket.resume();
  }

  onRequest(connection: ServerConnection): RequestEvents {
    const exchange = new GateExchange(connection, this);
    this.exchanges.push(exchange);
    return exchange.forward;
  }

  onRefused({ code }: { code: string }): void {
    this.refused.push(code);
  }

  onClosed(connection: ServerConnection): void {
    this.#closings.set(connection, (this.#closings.get(connection) ?? 0) + 1);
  }

  /** Connections of callers that have come to their end. */
  get closed(): number {
    return this.#closings.size;
  }

  get outcomes(): ForwardOutcome[] {
    return this.exchanges.flatMap((exchange) => exchange.outcomes);
  }

  async call(): Promise<Peer> {
    const caller = await dial(this.port);
    this.callers.push(caller);
    return caller;
  }

  /** Lets that much of the gate's own time pass. */
  advance(ms: number): void {
    for (const end = this.#nowMs + ms; this.#nowMs < end;) {
      this.#nowMs += TICK_MS;
      this.wheel.tick();
    }
  }

  /** Every exchange has ended. */
  async quiet(): Promise<void> {
    await until(() => this.exchanges.every(({ outcomes }) => outcomes.length > 0), 'the end of every exchange');
  }

  /** Checks and forgets the exchanges so far: for tests that make thousands. */
  forget(): void {
    this.#checkEnds();
    this.exchanges.length = 0;
    this.callers.length = 0;
  }

  /** Hangs up on everybody, then asserts what holds in every test: all that began has ended, exactly once. */
  async close(upstream: RawUpstream | undefined): Promise<void> {
    for (const caller of this.callers) caller.destroy();
    for (const connection of this.connections) connection.drain();
    // An upstream that says nothing keeps an exchange whose caller cannot be seen to have left; so both sides go.
    const hangUp = () => {
      for (const peer of upstream?.peers ?? []) peer.destroy();
      return this.connections.every((each) => this.#closings.has(each));
    };
    await until(hangUp, 'the end of every connection');
    this.pool.close();
    await until(() => hangUp() && this.pool.size === 0, 'an empty pool');
    this.wheel.close();
    this.server.close();
    this.#checkEnds();
    expect([...this.#closings.values()].every((times) => times === 1)).toBe(true);
  }

  #checkEnds(): void {
    for (const { method, target, outcomes, legs, legResults } of this.exchanges) {
      expect({ method, target, ended: outcomes.length }).toEqual({ method, target, ended: 1 });
      expect({ method, target, legsEnded: legResults.length }).toEqual({ method, target, legsEnded: legs });
    }
  }
}

export async function listen(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return address.port;
}

/** A gate in front of any server; both go when the test ends. */
export async function gateTo(server: net.Server, options: GateOptions = {}, upstream?: RawUpstream): Promise<Gate> {
  const gate = new Gate(await listen(server), options);
  gate.port = await listen(gate.server);
  onTestFinished(async () => {
    await gate.close(upstream);
    server.close();
  });
  return gate;
}

export async function gateWith(
  onPeer: OnPeer,
  options: GateOptions = {},
): Promise<{ gate: Gate; upstream: RawUpstream }> {
  const upstream = new RawUpstream(onPeer);
  return { gate: await gateTo(upstream.server, options, upstream), upstream };
}
