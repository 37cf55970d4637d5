import { createHash } from 'node:crypto';
import type { ServerHttp2Stream } from 'node:http2';
import type { ServerConnection } from '../server-connection.ts';
import type { Transport } from '../wire.ts';
import { trailerText } from './header-rules.ts';
import type { OwnBody, OwnHead } from './own-message.ts';
import { CODE, StreamWire } from './stream-wire.ts';

export interface FrontStream {
  readonly stream: ServerHttp2Stream;
  readonly socket: Transport;
  readonly connection: ServerConnection;
  readonly method: string;
  /** The key of the WebSocket that the caller wants; '' for none. */
  readonly webSocketKey: string;
  /** A piece of the body has come. */
  readonly onMoved: () => void;
  /** It waits for the caller's windows. */
  readonly onFilled: () => void;
}

/** What is written has its date already. An option that Node's types do not name. */
const NO_DATE = { sendDate: false, endStream: false };
const WEB_SOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** RFC 6455 §4.2.2: what shows that a server has read the key. */
export function webSocketAccept(key: string): string {
  return createHash('sha1')
    .update(key + WEB_SOCKET_GUID)
    .digest('base64');
}

/** A caller's stream: replies leave as HEADERS, DATA and trailers. */
export class FrontWire extends StreamWire {
  protected readonly brokenCode = CODE.internal;
  readonly #stream: ServerHttp2Stream;
  readonly #method: string;
  readonly #webSocketKey: string;
  readonly #onFilled: () => void;
  #trailers: string | undefined = '';

  constructor({ stream, socket, connection, method, webSocketKey, onMoved, onFilled }: FrontStream) {
    super(socket, connection);
    this.#onFilled = onFilled;
    this.#stream = stream;
    this.#method = method;
    this.#webSocketKey = webSocketKey;
    stream.on('trailers', (_headers: unknown, _flags: unknown, raw: unknown) => {
      this.#trailers = trailerText(texts(raw));
    });
    this.listen(stream, {
      deliverBody: (bytes) => {
        onMoved();
        connection.deliverBody(bytes);
      },
      deliverEnd: () => {
        // Node ends what was reset, too; its end is no end of a request.
        if (stream.closed) return;
        if (this.#trailers === undefined) stream.close(CODE.protocol);
        else connection.deliverEnd(this.#trailers);
      },
    });
  }

  protected override onFilled(): void {
    this.#onFilled();
  }

  onOwnHead(head: OwnHead): OwnBody {
    const status = Number(head.line.slice(9, 12));
    if (status === 101) {
      this.head = head;
      return 'raw';
    }
    if (status < 200) {
      this.#interim(status, head);
      return 'again';
    }
    this.head = head;
    return this.#method === 'HEAD' || status === 204 || status === 304 ? 'none' : 'body';
  }

  #interim(status: number, { fields }: OwnHead): void {
    if (!this.open) return;
    const headers: Record<string, string[]> = {};
    for (let i = 0; i < fields.length; i += 2) (headers[fields[i] ?? ''] ??= []).push(fields[i + 1] ?? '');
    this.#stream.additionalHeaders({ ...headers, ':status': status });
  }

  protected sendHead({ line, fields }: OwnHead, ended: boolean): void {
    if (!this.open) return;
    if (this.message.raw) {
      this.#tunnel(fields);
      return;
    }
    // Node ends a stream before it resets it: a stream that waits for trailers is not ended by that.
    const waitForTrailers = this.trailers.length > 0 || !this.message.complete;
    const options = { ...NO_DATE, endStream: ended, waitForTrailers };
    this.#stream.respond([':status', line.slice(9, 12), ...fields], options);
  }

  /** RFC 8441 §5: the 101 of HTTP/1.1 is a 200 here, and has no key to be checked by the caller: so we do. */
  #tunnel(fields: readonly string[]): void {
    const kept: string[] = [':status', '200'];
    let accept = '';
    for (let i = 0; i < fields.length; i += 2) {
      if (fields[i] === 'sec-websocket-accept') accept = fields[i + 1] ?? '';
      else kept.push(fields[i] ?? '', fields[i + 1] ?? '');
    }
    if (accept === webSocketAccept(this.#webSocketKey)) this.#stream.respond(kept, NO_DATE);
    else this.#stream.close(CODE.internal);
  }
}

/** Node's own list of names and values in turn, which its types do not name. */
export function texts(raw: unknown): readonly string[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Array.isArray(raw) ? (raw as readonly string[]) : [];
}
