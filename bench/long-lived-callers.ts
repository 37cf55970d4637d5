import net from 'node:net';

export interface LongLivedCounts {
  readonly streams: number;
  readonly tunnels: number;
  /** Closed, or silent for longer than `SILENCE_MS`. */
  readonly dropped: number;
  readonly echoes: number;
}

const SILENCE_MS = 2000;
const ECHO_MS = 250;
const FRAME = 'a text that comes back as it went';

/** One connection that should live on: `request` opens it, then something must come all the time. */
class LongLived {
  readonly #socket: net.Socket;
  #last = performance.now();
  dropped = false;
  bytes = 0;
  #closing = false;

  constructor(port: number, request: string) {
    this.#socket = net.connect(port, '127.0.0.1', () => this.#socket.write(request));
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.on('data', (bytes) => this.#heard(bytes.length));
    this.#socket.on('close', () => {
      if (!this.#closing) this.dropped = true;
    });
  }

  #heard(length: number): void {
    const now = performance.now();
    if (now - this.#last > SILENCE_MS) this.dropped = true;
    this.#last = now;
    this.bytes += length;
  }

  write(text: string): void {
    this.#socket.write(text);
  }

  close(): void {
    if (performance.now() - this.#last > SILENCE_MS) this.dropped = true;
    this.#closing = true;
    this.#socket.destroy();
  }
}

/** Streams and WebSocket tunnels through a gate, held open until `close`. */
export class LongLivedCallers {
  readonly #streams: readonly LongLived[];
  readonly #tunnels: readonly LongLived[];
  readonly #timer: NodeJS.Timeout;

  constructor(port: number, options: { readonly each: number; readonly basePath: string }) {
    const { each, basePath } = options;
    const head = `HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`;
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
    const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
    const many = (request: string) => Array.from({ length: each }, () => new LongLived(port, request));
    this.#streams = many(`GET ${basePath}/events ${head}\r\n`);
    this.#tunnels = many(`GET ${basePath}/echo ${head}${upgrade}${key}\r\n`);
    this.#timer = setInterval(() => {
      for (const tunnel of this.#tunnels) if (tunnel.bytes > 0) tunnel.write(FRAME);
    }, ECHO_MS);
  }

  close(): LongLivedCounts {
    clearInterval(this.#timer);
    const all = [...this.#streams, ...this.#tunnels];
    for (const one of all) one.close();
    return {
      streams: this.#streams.length,
      tunnels: this.#tunnels.length,
      dropped: all.filter(({ dropped }) => dropped).length,
      echoes: this.#tunnels.reduce((sum, { bytes }) => sum + Math.floor(bytes / FRAME.length), 0),
    };
  }
}
