import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly remotePort: number | undefined;
  /** Unpacked. */
  readonly body: Buffer;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  /** The connection breaks instead. */
  readonly breaks?: true;
  /** Nothing is said at all. */
  readonly silent?: true;
}

/** A receiver of batches by HTTP, which answers as it is told. */
export class TestReceiver {
  readonly received: Received[] = [];
  answer: (received: Received) => Answer = () => ({});
  readonly #server: http.Server | https.Server;
  readonly #scheme: string;

  private constructor(tls: { readonly cert: string; readonly key: string } | undefined) {
    const handle: http.RequestListener = (request, response) => void this.#take(request, response);
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.#server = tls === undefined ? http.createServer(handle) : https.createServer(tls, handle);
  }

  static async start(tls?: { readonly cert: string; readonly key: string }): Promise<TestReceiver> {
    const receiver = new TestReceiver(tls);
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      receiver.#server.closeAllConnections();
      receiver.#server.close();
    });
    return receiver;
  }

  get url(): string {
    const address = this.#server.address();
    return `${this.#scheme}://127.0.0.1:${isAddress(address) ? address.port : 0}`;
  }

  async #take(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const sent = Buffer.concat(chunks);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    const received = { path: request.url ?? '', headers: request.headers, remotePort: request.socket.remotePort, body };
    this.received.push(received);
    const { status = 200, headers = {}, body: text = '', breaks, silent } = this.answer(received);
    if (silent === true) return;
    if (breaks === true) response.destroy();
    else response.writeHead(status, headers).end(text);
  }
}

function isAddress(address: ReturnType<http.Server['address']>): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
