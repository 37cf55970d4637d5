import type { ClientHttp2Stream } from 'node:http2';
import type { ClientConnection } from '../client-connection.ts';
import { connectWire, guarded, readyEvent, type Destination, type Transport } from '../wire.ts';
import { texts, webSocketAccept } from './front-wire.ts';
import { replyText, trailerText } from './header-rules.ts';
import type { OwnBody, OwnHead } from './own-message.ts';
import { CODE, StreamWire } from './stream-wire.ts';

/** What a wire asks of the session that carries it. */
export interface UpstreamCarrier {
  readonly socket: Transport;
  readonly connected: boolean;
  /** RFC 8441: the peer takes WebSockets; undefined before it has said what it takes. */
  readonly extendsConnect: boolean | undefined;
  request(fields: readonly string[], options: StreamOptions): ClientHttp2Stream | undefined;
  /** The peer has said that it has not dealt with that stream. */
  refused(stream: ClientHttp2Stream): boolean;
  /** The upstream does not take what we have shown of ourselves: no stream was dealt with. */
  readonly unwelcome: Error | undefined;
  /** The stream has ended. */
  left(wire: UpstreamWire, suspicion: Suspicion | undefined): void;
}

/**
 * Why the session may be dead: it did not stand in the time that a connection may take, or we gave a stream up that had
 * no whole answer.
 */
export type Suspicion = 'not-connected' | 'no-answer';

export interface StreamOptions {
  readonly endStream: boolean;
  readonly waitForTrailers: boolean;
}

/**
 * A request to an upstream as one stream of a session. Until the session stands it keeps what is written as it came,
 * so that it can still leave by HTTP/1.1 where the upstream speaks nothing else.
 */
export class UpstreamWire extends StreamWire {
  protected readonly brokenCode = CODE.cancel;
  readonly #carrier: UpstreamCarrier;
  readonly #connection: ClientConnection;
  #early: (string | Buffer)[] | undefined;
  #replied = false;
  /** The reply has come to its own end, other than by a reset. */
  #whole = false;
  #replyTrailers: string | undefined = '';
  #webSocketKey = '';

  constructor(carrier: UpstreamCarrier, connection: ClientConnection) {
    super(carrier.socket, connection);
    this.#carrier = carrier;
    this.#connection = connection;
    this.#early = carrier.connected ? undefined : [];
    this.resume();
  }

  override text(text: string): void {
    if (this.#early === undefined) super.text(text);
    else this.#early.push(text);
  }

  override bytes(bytes: Buffer, start: number, end: number): void {
    if (this.#early === undefined) super.bytes(bytes, start, end);
    else this.#early.push(Buffer.from(bytes.subarray(start, end)));
  }

  override lasting(bytes: Buffer): void {
    if (this.#early === undefined) super.lasting(bytes);
    else this.#early.push(bytes);
  }

  override flush(): boolean {
    return this.#early === undefined ? super.flush() : true;
  }

  protected override send(): void {
    if ((this.head?.upgrade ?? '') === '' || this.#carrier.extendsConnect !== undefined) super.send();
  }

  /** The peer has said what it takes. */
  onSettings(): void {
    if (this.#early === undefined) guarded(this.events, () => this.flush());
  }

  /** The session stands: what waited leaves. */
  onSession(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    guarded(this.events, () => {
      for (const each of early)
        if (typeof each === 'string') super.text(each);
        else super.lasting(each);
      this.#connection.onConnect();
      this.flush();
    });
  }

  /** The upstream speaks HTTP/1.1: what waited leaves by a connection of its own. */
  onPlain(destination: Destination): void {
    const early = this.#early ?? [];
    const connection = this.#connection;
    const plain = connectWire(destination, connection);
    for (const each of early)
      if (typeof each === 'string') plain.text(each);
      else plain.lasting(each);
    connection.start(plain, readyEvent(destination));
    plain.flush();
  }

  /** There is no session. */
  onNoSession(error: Error | undefined): void {
    this.leave(error);
  }

  onOwnHead(head: OwnHead): OwnBody {
    this.head = head;
    if (head.upgrade !== '') return 'raw';
    return head.chunked || head.length >= 0 ? 'body' : 'none';
  }

  protected sendHead(head: OwnHead, ended: boolean): void {
    const [method = '', target = ''] = head.line.split(' ');
    if (head.upgrade !== '' && this.#carrier.extendsConnect !== true) {
      this.#connection.fail('malformed', 'the upstream takes no WebSockets over HTTP/2');
      return;
    }
    const scheme = 'encrypted' in this.socket ? 'https' : 'http';
    const authority = [':scheme', scheme, ':authority', head.host, ':path', target];
    const fields =
      head.upgrade === ''
        ? [':method', method, ...authority, ...head.fields]
        : [':method', 'CONNECT', ':protocol', head.upgrade, ...authority, ...this.#withoutKey(head.fields)];
    const stream = this.#carrier.request(fields, { endStream: ended, waitForTrailers: !ended });
    if (stream === undefined) {
      const { unwelcome } = this.#carrier;
      if (unwelcome === undefined) this.#connection.fail('refused', 'the session is going away');
      else this.#connection.fail('connect', unwelcome.message);
      this.leave(undefined);
    } else this.#hear(stream);
  }

  #withoutKey(fields: readonly string[]): string[] {
    const kept: string[] = [];
    for (let i = 0; i < fields.length; i += 2) {
      if (fields[i] === 'sec-websocket-key') this.#webSocketKey = fields[i + 1] ?? '';
      else kept.push(fields[i] ?? '', fields[i + 1] ?? '');
    }
    return kept;
  }

  #hear(stream: ClientHttp2Stream): void {
    const connection = this.#connection;
    this.#watchEnd(stream);
    this.listen(stream, {
      deliverBody: (bytes) => connection.deliverBody(bytes),
      deliverEnd: () => this.#onEnd(),
    });
    stream.on('headers', (...[, , raw]: readonly unknown[]) => {
      guarded(connection, () => this.#onHead(texts(raw), false));
    });
    stream.on('response', (...[, flags, raw]: readonly unknown[]) => {
      this.#replied = true;
      guarded(connection, () => this.#onHead(texts(raw), (Number(flags) & 1) !== 0));
      if (!this.paused) stream.resume();
    });
    stream.on('trailers', (...[, , raw]: readonly unknown[]) => (this.#replyTrailers = trailerText(texts(raw))));
  }

  /** Node ends a stream that was reset with NO_ERROR as one that came to its end: only what ends before it closes is whole. */
  #watchEnd(stream: ClientHttp2Stream): void {
    const push = stream.push.bind(stream);
    stream.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      if (chunk === null && !stream.closed) this.#whole = true;
      return push(chunk, encoding);
    };
  }

  #onHead(raw: readonly string[], ended: boolean): void {
    const reply = replyText(raw, ended);
    if ('wrong' in reply) {
      this.#connection.fail('malformed', reply.wrong);
      return;
    }
    const switched = this.message.raw && reply.text.startsWith('HTTP/1.1 200 ');
    this.#connection.deliverHead(switched ? this.#switched(reply.text) : reply.text, ended);
  }

  /** RFC 8441 §5: 200 is the 101 of HTTP/1.1, and lacks what the caller of HTTP/1.1 asks to be shown. */
  #switched(text: string): string {
    const lines = text.slice(text.indexOf('\r\n') + 2).replace('transfer-encoding: chunked\r\n', '');
    const accept = `sec-websocket-accept: ${webSocketAccept(this.#webSocketKey)}\r\n`;
    return `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n${accept}${lines}`;
  }

  #onEnd(): void {
    if (!this.#whole) return;
    if (this.#replyTrailers === undefined) this.#connection.fail('malformed', 'invalid trailers');
    else this.#connection.deliverEnd(this.#replyTrailers);
  }

  protected override get readable(): boolean {
    return this.#replied;
  }

  protected override get wholeCode(): number {
    return this.#whole ? CODE.none : CODE.cancel;
  }

  protected override onLeft(): void {
    const { stream } = this;
    const { unwelcome } = this.#carrier;
    if (unwelcome !== undefined && !this.#replied) this.#connection.fail('connect', unwelcome.message);
    // REFUSED_STREAM, or behind the last stream of a GOAWAY (RFC 9113 §8.7): it was not dealt with.
    if (stream !== undefined && !this.ours && this.#carrier.refused(clientStream(stream))) {
      this.#connection.fail('refused', 'the upstream has refused the stream');
    }
    this.#carrier.left(this, this.#suspicion);
  }

  get #suspicion(): Suspicion | undefined {
    if (this.#connection.connectedTooLate) return 'not-connected';
    return this.ours && !this.#whole ? 'no-answer' : undefined;
  }
}

/** Only sessions of our own opening make the streams of this wire. */
function clientStream(stream: unknown): ClientHttp2Stream {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return stream as ClientHttp2Stream;
}
